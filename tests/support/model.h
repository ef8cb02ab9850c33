// What a history means, told slowly and in the plainest way, one question and one day at a time: the reference that the folds are held
// against. It shares no code with projections/ but the types that it compares. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "projections/participation.h"

namespace fodspor::stories {

using namespace fodspor::events;

// One line for everything that a person's history says, in order of the alphabet; work is told by the day, elsewhere.
std::vector<std::string> model_lines(const std::vector<Event>& events, const projections::AsOf& as_of);
std::vector<std::string> lines(const projections::Person& person);

// The placements and employments that run on that day, with what they say and count for.
std::vector<std::string> model_work(const std::vector<Event>& events, const projections::AsOf& as_of, Date day);
std::vector<std::string> work(const projections::Person& person, Date day);

// What stands in one and not in the other, line by line; empty if they are equal.
std::string difference(const std::vector<std::string>& folded, const std::vector<std::string>& told);

}  // namespace fodspor::stories
