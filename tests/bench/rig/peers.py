"""The programs that fetch and send files as Haul does, each as it is run by default for the job."""

import os
import time


def curl_many(bench, urls, directory):
    """curl in parallel from a configuration file, without an fsync."""
    config = bench.directory / "curl.config"
    config.write_text("".join(f'url = "{url}"\noutput = "{directory}/f{n}"\n' for n, url in enumerate(urls)))
    argv = ["curl", "--disable", "--no-progress-meter", "--fail", "--parallel", "--config", str(config)]
    return bench.run(argv)


def aria2_many(bench, urls, directory):
    """aria2c with 16 downloads at once from a list."""
    urls_file = bench.directory / "aria2.list"
    urls_file.write_text("".join(f"{url}\n out=f{n}\n" for n, url in enumerate(urls)))
    return bench.run(["aria2c", "--no-conf", "--quiet", "-j16", f"--dir={directory}", "-i", str(urls_file)])


def wget2_many(bench, urls, directory):
    """wget2 with 16 threads from a list; it names the files itself."""
    urls_file = bench.directory / "wget2.list"
    urls_file.write_text("".join(f"{url}\n" for url in urls))
    argv = ["wget2", "--no-config", "--quiet", "--max-threads=16", "-P", str(directory)]
    return bench.run([*argv, "-i", str(urls_file)])


def curl_one(bench, url, path, *options):
    return bench.run(["curl", "--disable", "--silent", "--fail", *options, "--output", str(path), url])


def curl_put(bench, url, path):
    return bench.run(["curl", "--disable", "--silent", "--fail", "--upload-file", str(path), url])


def curl_put_many(bench, pairs):
    """curl in parallel from a configuration file of pairs of a file and its URL."""
    config = bench.directory / "curl.config"
    config.write_text("".join(f'upload-file = "{path}"\nurl = "{url}"\n' for path, url in pairs))
    argv = ["curl", "--disable", "--no-progress-meter", "--fail", "--parallel", "--config", str(config)]
    return bench.run(argv)


def aria2_one(bench, url, path, *options):
    return bench.run(["aria2c", "--no-conf", "--quiet", f"--dir={path.parent}", f"--out={path.name}", *options, url])


def wget2_one(bench, url, path):
    return bench.run(["wget2", "--no-config", "--quiet", "-O", str(path), url])


def sync_files(directory):
    """What a careful script does after its downloads, an fsync of each file; the seconds that it took."""
    start = time.monotonic()
    for entry in os.scandir(directory):
        descriptor = os.open(entry.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return time.monotonic() - start
