#pragma once

#include <vector>

namespace haul::model {

/// Divides an amount by max-min fairness: nobody gets more than he wants, and who gets less than that gets as
/// much as anybody does. What is left over was wanted by nobody. No want and no amount is negative; a want
/// may be infinite.
std::vector<double> share_out(double amount, const std::vector<double>& wants);

}  // namespace haul::model
