// fodspor certificate: a certificate and its key, for serving over TLS without an authority.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/cli/commands.h"
#include "server/self_signed.h"

namespace fodspor::server {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t days_usual = 365;
constexpr std::uint64_t days_most = 3'650;
constexpr ::mode_t for_everybody = 0644;
constexpr ::mode_t for_the_owner = 0600;

// Never over a file that is there: somebody may be serving with it.
Status write_new(const fs::path& path, std::string_view content, ::mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0 && errno == EEXIST) {
    return fail(Fault::invalid, path.string() + " is there already; remove it, or name another folder with --out");
  }
  if (file < 0) return fail(Fault::invalid, path.string() + ": cannot be written: " + std::strerror(errno));
  bool whole = true;
  for (std::size_t at = 0; whole && at < content.size();) {
    const ssize_t bytes = ::write(file, content.data() + at, content.size() - at);
    if (bytes < 0 && errno == EINTR) continue;
    whole = bytes > 0;
    if (whole) at += static_cast<std::size_t>(bytes);
  }
  const int error = errno;
  ::close(file);
  if (whole) return {};
  ::unlink(path.c_str());
  return fail(Fault::unavailable, path.string() + ": cannot be written: " + std::strerror(error));
}

class CertificateCommand : public Command {
 public:
  About about() const override {
    return {"certificate",
            About::Group::care,
            {"Make a certificate and its key, to serve over TLS", "Lav et certifikat og dets nøgle, til at betjene over TLS"},
            "Writes certificate.pem and key.pem, signed by itself: for trying, and for one's own network. Whoever connects names the file "
            "certificate.pem as what they trust. `fodspor serve --certificate certificate.pem --key key.pem` shows it. Where strangers "
            "connect, use one of an authority instead.",
            {{"fodspor certificate fodspor.example.org", "for that host, for a year"},
             {"fodspor certificate 10.0.0.5 localhost --out tls --days 30", "for two names, into the folder tls"}}};
  }
  std::vector<Option> options() override {
    return {{"HOST", "", "Under which names or IP addresses it is reached; several may be given", &names_, true, {}},
            {"--out", "FOLDER", "Where the two files go; without it, here", &folder_, false, {}},
            {"--days", "N", "How long it is good", &days_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (days_ && (*days_ == 0 || *days_ > days_most)) return "--days is a number from 1 to " + std::to_string(days_most);
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    const fs::path folder = folder_.value_or(".");
    const fs::path certificate = folder / "certificate.pem", key = folder / "key.pem";
    FODSPOR_TRY(const SelfSigned made, self_signed(names_, console.world().now(), static_cast<std::uint32_t>(days_.value_or(days_usual))));
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail(Fault::invalid, folder.string() + ": cannot be made: " + error.message());
    FODSPOR_DO(write_new(key, made.key, for_the_owner));
    if (auto written = write_new(certificate, made.certificate, for_everybody); !written) {
      fs::remove(key, error);  // one without the other is of no use, and would be in the way
      return tl::make_unexpected(std::move(written).error());
    }
    const std::string certificate_name = certificate.lexically_normal().string(), key_name = key.lexically_normal().string();
    Report report("A new certificate", "Et nyt certifikat");
    report.fact("certificate", {"certificate", "certifikat"}, Cell::shown(certificate_name, certificate_name, certificate_name));
    report.fact("key", {"key, which stays here", "nøgle, som bliver her"}, Cell::shown(key_name, key_name, key_name));
    console.print(report);
    console.note(console.called() + " serve --listen tls:0.0.0.0:7411 --certificate " + certificate_name + " --key " + key_name);
    return Exit::yes;
  }

 private:
  std::vector<std::string> names_;
  std::optional<std::string> folder_;
  std::optional<std::uint64_t> days_;
};

}  // namespace

std::unique_ptr<Command> certificate_command() {
  return std::make_unique<CertificateCommand>();
}

}  // namespace fodspor::server
