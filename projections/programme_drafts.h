// The events that a programme's plan is made of, as drafts. Any thread.
#pragma once

#include "events/event.h"
#include "projections/context.h"
#include "projections/definition.h"

namespace fodspor::projections {

Draft register_frame(const StreamId& stream, const Frame& frame);
Draft amend_frame(const StreamId& stream, const Frame& frame, const std::string& reason);
Draft correct_frame(const StreamId& stream, const Frame& frame, const std::string& reason, const Frame& before);
Draft grant(const StreamId& stream, const Funding& funding);
Draft approve_definition(ProgrammeId programme, const Definition& definition);
Draft pin_target(ProgrammeId programme, const Target& target);
Draft withdraw_target(ProgrammeId programme, const Target& target, Date on);
Draft correct_target(ProgrammeId programme, const Target& target, const Target& before);
Draft join_portfolio(ProgrammeId programme, const Membership& membership);
Draft leave_portfolio(ProgrammeId programme, const Membership& membership, Date on);
Draft correct_membership(ProgrammeId programme, const Membership& membership, const Membership& before);

}  // namespace fodspor::projections
