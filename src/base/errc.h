#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <string_view>

namespace helenus::base {

/// What a module's error category adds to the standard one: whether trying again later may help.
class category : public boost::system::error_category {
 public:
  virtual ~category() = default;
  /// True when the same request may succeed later without anybody changing it.
  virtual bool transient(int value) const noexcept = 0;
};

/// One row of a module's error table.
struct errc_entry {
  int value;
  bool transient;
  const char* sentence;
};

/// A category made from a table. The table must outlive it (make it static).
class table_category final : public category {
 public:
  template <std::size_t Size>
  table_category(const char* name, const errc_entry (&table)[Size])
      : name_(name), table_(table), size_(Size) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override;
  bool transient(int value) const noexcept override;

 private:
  const errc_entry* find(int value) const noexcept;

  const char* name_;
  const errc_entry* table_;
  std::size_t size_;
};

/// Errors that any module may meet.
enum class errc {
  timed_out = 1,     ///< a wait reached its deadline; the detail says which wait
  cancelled,         ///< the work was stopped before it ended
  closed,            ///< the stream or channel was closed
  limit_exceeded,    ///< a stated limit was reached; the detail says which
  invalid_argument,  ///< a value is outside what is accepted
  not_found,         ///< what was named does not exist
  unavailable,       ///< a needed part is not there yet
  internal,          ///< an unexpected failure of our own or of a library
};

const category& generic_category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::base

template <>
struct boost::system::is_error_code_enum<helenus::base::errc> : std::true_type {};
