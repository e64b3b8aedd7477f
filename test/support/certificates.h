#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace helenus::test {

/// A certificate authority made for one test, and what it signs: PEM files in a folder of its own
/// that is removed at the end.
class certificates {
 public:
  /// A certificate and its key.
  struct files {
    std::string certificate;
    std::string key;
    std::string password;  ///< of the key; empty: it is not encrypted
  };

  certificates();
  ~certificates();
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;

  /// The authority's own certificate.
  const std::string& ca_file() const { return ca_.certificate; }
  /// A certificate for a DNS name or an address; `password` encrypts the key.
  files issue(const std::string& name, const std::string& password = {});

 private:
  struct identity;
  files write(const std::string& file_name, const identity& who, const std::string& password);

  std::filesystem::path folder_;
  std::unique_ptr<identity> authority_;
  files ca_;
  long serial_ = 1;
};

}  // namespace helenus::test
