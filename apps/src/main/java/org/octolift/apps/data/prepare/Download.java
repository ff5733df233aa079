package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.octolift.engine.InputException;

/// Fetches small files by HTTP: follows redirects, tries again after failures that may pass, goes
/// through a proxy.
public final class Download {
  private static final int MAX_BYTES = 64 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String ADVICE =
      "Fetch it on another machine and name the file or folder with --from,"
          + " or set a proxy with --proxy HOST:PORT";

  private final HttpClient client;
  private final int attempts;
  private final Duration pause;

  /// @param proxy address, or null for the system's own settings
  /// @param attempts how often a file is tried
  /// @param pause before the second attempt; doubled before each further one
  public Download(InetSocketAddress proxy, int attempts, Duration pause) {
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(TIMEOUT)
            .proxy(proxy == null ? ProxySelector.getDefault() : ProxySelector.of(proxy))
            .build();
    this.attempts = attempts;
    this.pause = pause;
  }

  /// The proxy that an option or, without it, the environment names (`https_proxy`, `http_proxy`,
  /// `all_proxy`); null when there is none.
  ///
  /// @param option `HOST:PORT` or `http://HOST:PORT`, or null
  /// @throws InputException for anything else
  public static InetSocketAddress proxy(String option, Map<String, String> environment) {
    String text = option;
    for (String name : new String[] {"https_proxy", "http_proxy", "all_proxy"}) {
      text = text != null ? text : environment.get(name);
      text = text != null ? text : environment.get(name.toUpperCase(Locale.ROOT));
    }
    if (text == null || text.isBlank()) {
      return null;
    }
    String address = text.strip().replaceFirst("^[a-z]+://", "").replaceFirst("/$", "");
    int colon = address.lastIndexOf(':');
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      if (colon > 0 && port > 0 && port < 65536) {
        return InetSocketAddress.createUnresolved(address.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      throw new InputException("proxy: expected HOST:PORT, got \"" + text + '"', e);
    }
    throw new InputException("proxy: expected HOST:PORT, got \"" + text + '"');
  }

  /// The content of {@code address}.
  ///
  /// @throws InputException when there is no such file, or it cannot be had
  public byte[] fetch(URI address) {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(TIMEOUT).build();
    Duration wait = pause;
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt == attempts;
      try {
        Optional<byte[]> content = once(request, last);
        if (content.isPresent()) {
          return content.orElseThrow();
        }
      } catch (IOException e) {
        if (last) {
          throw new InputException(
              "%s: cannot be fetched (%s): is this machine off line? %s"
                  .formatted(address, cause(e), ADVICE),
              e);
        }
      } catch (InterruptedException e) {
        throw interrupted(address, e);
      }
      sleep(address, wait);
      wait = wait.multipliedBy(2);
    }
  }

  /// The content; empty after a failure of the server that may pass.
  private Optional<byte[]> once(HttpRequest request, boolean last)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      int status = response.statusCode();
      if (status == 200) {
        byte[] content = body.readNBytes(MAX_BYTES + 1);
        if (content.length > MAX_BYTES) {
          throw new InputException(request.uri() + ": is larger than 64 MiB: no list of scans");
        }
        return Optional.of(content);
      }
      if (last || (status < 500 && status != 429)) {
        throw new InputException(
            "%s: the server answers %d%s. %s"
                .formatted(request.uri(), status, status == 404 ? " (no such file)" : "", ADVICE));
      }
      return Optional.empty();
    }
  }

  private static String cause(IOException e) {
    Throwable innermost = e;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String kind = innermost.getClass().getSimpleName();
    return innermost.getMessage() == null
        ? innermost instanceof UnresolvedAddressException ? "unknown host" : kind
        : innermost.getMessage();
  }

  private static void sleep(URI address, Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      throw interrupted(address, e);
    }
  }

  private static InputException interrupted(URI address, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new InputException(address + ": interrupted", e);
  }
}
