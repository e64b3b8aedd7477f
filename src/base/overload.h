#pragma once

namespace helenus::base {

/// A visitor made of lambdas: `std::visit(overload{[](a) {}, [](b) {}}, variant)`.
template <class... Functions>
struct overload : Functions... {
  using Functions::operator()...;
};

}  // namespace helenus::base
