#pragma once

namespace headroom {

// Exit status of every subcommand.
namespace exit_status {
inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;         // at run time: a taken port, a failed disk, a corrupt database
inline constexpr int kUsage = 64;          // unknown command or option
inline constexpr int kInternal = 70;       // a bug
inline constexpr int kHeld = 75;           // another daemon holds the database
inline constexpr int kConfiguration = 78;  // what a restart can not mend
}  // namespace exit_status

}  // namespace headroom
