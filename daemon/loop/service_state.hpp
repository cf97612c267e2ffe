#pragma once

namespace haul::loop {

/// What systemd is told about the service (sd_notify(3)); nothing where it did not start it.
void notify_ready();
void notify_stopping();

}  // namespace haul::loop
