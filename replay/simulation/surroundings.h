// What surrounds the participants: programmes, staff, networks and enterprises, told into a Life. Pure but for that Life.
#pragma once

#include "replay/simulation/life.h"

namespace fodspor::replay::simulation {

void live_programme(Life& life);
void live_staff(Life& life);
void live_network(Life& life);
void live_enterprise(Life& life);

}  // namespace fodspor::replay::simulation
