#include "model/cluster.h"

namespace helenus::model {

std::string symbolic_name(std::string_view cluster_name) {
  std::string symbolic;
  for (char letter : cluster_name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    const bool kept = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                      letter == '_' || letter == '.' || letter == '-';
    if (kept) symbolic += letter;
  }
  return symbolic;
}

}  // namespace helenus::model
