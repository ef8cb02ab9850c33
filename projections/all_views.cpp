#include "projections/data_quality.h"
#include "projections/enterprises.h"
#include "projections/kpi.h"
#include "projections/network.h"
#include "projections/people.h"
#include "projections/portfolio.h"

namespace fodspor::projections {

std::vector<std::unique_ptr<View>> all_views() {
  std::vector<std::unique_ptr<View>> views;
  views.push_back(make_kpi_view());
  views.push_back(make_people_view());
  views.push_back(make_enterprises_view());
  views.push_back(make_networks_view());
  views.push_back(make_quality_view());
  views.push_back(make_portfolio_view());
  return views;
}

}  // namespace fodspor::projections
