// The launcher, run in a checkout of its own whose compilers, packages and program are scripts that say what they were asked.
#include <sys/stat.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fs = std::filesystem;

namespace {

struct Answer {
  int status = -1;
  std::string out;
  std::string err;
};

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A checkout with the real launcher, a program that stands and is newer than its sources, and a folder of tools that comes first in PATH.
class Checkout {
 public:
  Checkout() {
    std::string pattern = (fs::temp_directory_path() / "fodspor launcher XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder could be made");
    base_ = pattern;
    for (const char* room : {"events", "engine", "projections", "replay", "server"}) put(std::string("main/") + room + "/a.cpp", "");
    put("main/CMakeLists.txt", "");
    fs::copy_file(fs::path(FODSPOR_SOURCE_DIR) / "fodspor", base_ / "main" / "fodspor");
    fs::create_directories(base_ / "elsewhere");

    tool("dpkg-query", "for name in \"$@\"; do echo \"installed $name\"; done");
    tool("apt-get", "echo \"apt-get $*\" >>\"$CALLS\"");
    tool("sudo", "if [ \"$1\" = -n ]; then shift; fi; exec \"$@\"");
    tool("cmake", "echo \"cmake $*\" >>\"$CALLS\"; touch \"$4/build.ninja\"");
    tool("ninja", "echo \"ninja $*\" >>\"$CALLS\"; printf '#!/bin/sh\\necho built anew\\n' >\"$2/fodspor\"; chmod +x \"$2/fodspor\"");

    script("main/.build/release/fodspor", "for argument in \"$@\"; do echo \"<$argument>\"; done; exit 7");
    put("main/.build/release/stamp", "");
    age(base_ / "main", std::chrono::hours(2));
    age(stamp(), std::chrono::hours(1));
  }
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;
  ~Checkout() {
    std::error_code ignored;
    fs::remove_all(base_, ignored);
  }

  fs::path base() const { return base_; }
  fs::path launcher() const { return base_ / "main" / "fodspor"; }
  fs::path stamp() const { return base_ / "main" / ".build" / "release" / "stamp"; }
  std::string calls() const { return read(base_ / "calls"); }

  void put(const std::string& name, std::string_view content) const {
    fs::create_directories((base_ / name).parent_path());
    std::ofstream(base_ / name) << content;
  }
  void script(const std::string& name, const std::string& body) const {
    put(name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(base_ / name, fs::perms::owner_all);
  }
  void tool(const std::string& name, const std::string& body) const { script("tools/" + name, body); }

  Answer run(const std::string& arguments, const std::string& environment = {}, const fs::path& by = {}) const {
    const std::string path = "PATH='" + (base_ / "tools").string() + "':\"$PATH\" CALLS='" + (base_ / "calls").string() + "' ";
    const std::string command = "cd '" + (base_ / "elsewhere").string() +
                                "' && env -u FODSPOR_BUILD_DIR -u FODSPOR_INSTALL -u FODSPOR_JOBS " + path + environment + " '" +
                                (by.empty() ? launcher() : by).string() + "' " + arguments + " </dev/null >'" + (base_ / "out").string() +
                                "' 2>'" + (base_ / "err").string() + "'";
    const int waited = std::system(command.c_str());
    return {WIFEXITED(waited) ? WEXITSTATUS(waited) : -1, read(base_ / "out"), read(base_ / "err")};
  }

 private:
  // Makes everything under the path that much older than now.
  static void age(const fs::path& path, std::chrono::hours age) {
    const auto then = fs::file_time_type::clock::now() - age;
    fs::last_write_time(path, then);
    if (!fs::is_directory(path)) return;
    for (const auto& entry : fs::recursive_directory_iterator(path)) fs::last_write_time(entry.path(), then);
  }

  fs::path base_;
};

}  // namespace

SCENARIO("a start that finds nothing changed hands over at once, with no other tool called") {
  Checkout checkout;
  WHEN("the program is started from another folder") {
    const Answer answer = checkout.run("trail 'a person' --json ''");
    CHECK(answer.out == "<trail>\n<a person>\n<--json>\n<>\n");
    CHECK(answer.err.empty());
    CHECK(answer.status == 7);
  }
  WHEN("the program suggests a command, it begins as this one was typed") {
    checkout.script("main/.build/release/fodspor", "echo \"$FODSPOR_AS\"");
    fs::create_symlink(checkout.launcher(), checkout.base() / "elsewhere" / "fo");
    CHECK(checkout.run("stat", {}, "./fo").out == "./fo\n");
    fs::create_symlink(checkout.launcher(), checkout.base() / "tools" / "fodspor");
    CHECK(checkout.run("stat", {}, "fodspor").out == "fodspor\n");
  }
  WHEN("it is started by a symbolic link") {
    fs::create_symlink(checkout.launcher(), checkout.base() / "elsewhere" / "fo");
    CHECK(checkout.run("stat", {}, checkout.base() / "elsewhere" / "fo").out == "<stat>\n");
  }
  WHEN("it is started without arguments") {
    CHECK(checkout.run("").status == 7);
  }
  CHECK(checkout.calls().empty());
}

SCENARIO("what changed since the last build is built before the program runs") {
  Checkout checkout;
  WHEN("a source was edited") {
    checkout.put("main/engine/a.cpp", "int a;\n");
  }
  WHEN("a source was added") {
    checkout.put("main/replay/inner/b.cpp", "");
  }
  WHEN("a source was removed") {
    fs::remove(checkout.base() / "main/server/a.cpp");
  }
  WHEN("the launcher was edited") {
    fs::last_write_time(checkout.launcher(), fs::file_time_type::clock::now());
  }
  WHEN("the last build did not end") {
    fs::remove(checkout.stamp());
  }
  const Answer first = checkout.run("demo");
  CAPTURE(first.err);
  CHECK(first.status == 0);
  CHECK(first.out == "built anew\n");
  CHECK_THAT(checkout.calls(), Catch::Contains("ninja -C ") && Catch::Contains(" fodspor\n"));
  CHECK_THAT(checkout.calls(), !Catch::Contains("apt-get"));

  fs::remove(checkout.base() / "calls");
  CHECK(checkout.run("demo").out == "built anew\n");
  CHECK(checkout.calls().empty());
}

SCENARIO("builds go where FODSPOR_BUILD_DIR says") {
  Checkout checkout;
  const fs::path there = checkout.base() / "other builds";
  CHECK(checkout.run("demo", "FODSPOR_BUILD_DIR='" + there.string() + "'").out == "built anew\n");
  CHECK(fs::exists(there / "release" / "fodspor"));
}

SCENARIO("a checkout that was moved is configured anew") {
  Checkout checkout;
  checkout.put("main/.build/release/CMakeCache.txt", "CMAKE_HOME_DIRECTORY:INTERNAL=/somewhere/else\n");
  checkout.put("main/.build/release/build.ninja", "");
  checkout.put("main/engine/a.cpp", "int a;\n");
  const Answer answer = checkout.run("demo");
  CHECK_THAT(answer.err, Catch::Contains("building it anew"));
  CHECK_THAT(checkout.calls(), Catch::StartsWith("cmake -S "));
  CHECK(answer.out == "built anew\n");
}

SCENARIO("missing packages are named, and installed only if they may be") {
  Checkout checkout;
  fs::remove(checkout.stamp());
  checkout.tool("dpkg-query", "echo 'installed g++'; echo 'config-files cmake'");
  WHEN("they may be") {
    const Answer answer = checkout.run("demo");
    CAPTURE(answer.err);
    CHECK_THAT(answer.err, Catch::Contains("apt-get install --no-install-recommends cmake ") && Catch::Contains(" librocksdb-dev "));
    CHECK_THAT(answer.err, !Catch::Contains(" g++ "));
    CHECK_THAT(checkout.calls(), Catch::Contains("install --no-install-recommends cmake ") && !Catch::Contains(" update"));
    CHECK(answer.out == "built anew\n");
  }
  WHEN("the user forbids it") {
    const Answer answer = checkout.run("demo", "FODSPOR_INSTALL=no");
    CHECK(answer.status == 4);
    CHECK_THAT(answer.err, Catch::Contains("As root: apt-get install") && Catch::Contains("librocksdb-dev"));
    CHECK(checkout.calls().empty());
  }
  WHEN("the package lists were never fetched") {
    checkout.tool("apt-get",
                  "echo \"apt-get $*\" >>\"$CALLS\"; case \"$*\" in *update*) touch \"$CALLS.known\";; *) test -e \"$CALLS.known\" || { "
                  "echo 'E: Unable to "
                  "locate package cmake'; exit 100; };; esac");
    const Answer answer = checkout.run("demo");
    CAPTURE(answer.err);
    CHECK(answer.out == "built anew\n");
    CHECK_THAT(checkout.calls(), Catch::Contains(" update\n"));
  }
  WHEN("there is no network") {
    checkout.tool("apt-get", "echo \"E: Temporary failure resolving 'deb.debian.org'\"; exit 100");
    const Answer answer = checkout.run("demo");
    CHECK(answer.status == 4);
    CHECK_THAT(answer.err, Catch::Contains("needs the network") && Catch::Contains("nothing was built"));
  }
}

SCENARIO("a build that fails shows what failed, and where all of it can be read") {
  Checkout checkout;
  fs::remove(checkout.stamp());
  checkout.tool("ninja", "echo 'FAILED: a.o'; echo 'g++ a screenful of flags'; echo 'engine/a.cpp:1:1: error: no'; exit 1");
  const Answer answer = checkout.run("demo");
  CHECK(answer.status == 4);
  CHECK(answer.out.empty());
  CHECK_THAT(answer.err,
             Catch::Contains("engine/a.cpp:1:1: error: no") && Catch::Contains("release/build.log") && !Catch::Contains("screenful"));
  CHECK_FALSE(fs::exists(checkout.stamp()));
}

SCENARIO("the Debian package is built from what was built just before, and named on standard output") {
  Checkout checkout;
  checkout.put("main/.build/release/fodspor_0.0.1_amd64.deb", "of an older version");
  checkout.tool("cpack", "echo \"cpack $*\" >>\"$CALLS\"; touch fodspor_0.0.2_amd64.deb");
  const Answer answer = checkout.run("package");
  CAPTURE(answer.err);
  CHECK(answer.status == 0);
  CHECK(answer.out == (checkout.stamp().parent_path() / "fodspor_0.0.2_amd64.deb").string() + "\n");
  CHECK_THAT(checkout.calls(), Catch::Contains(" fodspor package_texts\ncpack -G DEB\n"));

  checkout.tool("cpack", "echo 'CPack Error: no'; exit 1");
  const Answer failed = checkout.run("package");
  CHECK(failed.status == 4);
  CHECK(failed.out.empty());
  CHECK_THAT(failed.err, Catch::Contains("CPack Error: no") && Catch::Contains("package.log"));
}

SCENARIO("the launcher refuses what it does not understand, with status 2") {
  Checkout checkout;
  const Answer answer = checkout.run(GENERATE("build --preset fast", "test --preset", "test --only nothing", "format --all", "fuzz json",
                                              "fuzz nothing 10", "fuzz", "package now"));
  CAPTURE(answer.err);
  CHECK(answer.status == 2);
  CHECK_THAT(answer.err, Catch::StartsWith("fodspor: "));
  CHECK(checkout.calls().empty());
}
