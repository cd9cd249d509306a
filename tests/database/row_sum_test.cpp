#include "database/row_sum.h"

#include <gmock/gmock.h>

namespace headroom::test {
namespace {

RowSum sum_of(const std::vector<stored::TableRow>& rows) {
  RowSum sum;
  for (const stored::TableRow& row : rows) sum.add(row);
  return sum;
}

TEST(RowSumTest, IsThatOfTheRowsInAnyOrder) {
  EXPECT_EQ(sum_of({{"a", "b"}, {"c", std::nullopt}}), sum_of({{"c", std::nullopt}, {"a", "b"}}));
  EXPECT_EQ(sum_of({{"a"}, {"b"}}).rows(), 2);
  EXPECT_EQ(sum_of({{"a"}}).text(), sum_of({{"a"}}).text());
  EXPECT_NE(sum_of({{"a"}}).text(), sum_of({{"b"}}).text());
}

TEST(RowSumTest, TellsRowsApart) {
  const std::vector<std::vector<stored::TableRow>> kDifferent = {{},
                                                                 {{"a", "b"}},
                                                                 {{"ab", ""}},
                                                                 {{"", "ab"}},
                                                                 {{"a", std::nullopt}},
                                                                 {{"a", "-"}},
                                                                 {{"b", "a"}},
                                                                 {{"a"}, {"b"}},
                                                                 {{"a", "b"}, {"a", "b"}},
                                                                 {{"1:a", ""}},
                                                                 {{std::nullopt, "a"}}};
  for (std::size_t i = 0; i < kDifferent.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_FALSE(sum_of(kDifferent[i]) == sum_of(kDifferent[k])) << i << ' ' << k;
  }
}

}  // namespace
}  // namespace headroom::test
