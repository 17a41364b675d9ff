package dev.peer.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRulesTest {

  private static final String PROXY = "http://proxy.example.org:3128";

  @Test
  void goThroughTheProxyThatEitherVariableNames() {
    URI server = URI.create("https://meet.example.org:7443");

    assertThat(ProxyRules.of(Map.of("HTTPS_PROXY", PROXY)).to(server))
        .contains(new ProxyAddress("proxy.example.org", 3128, Optional.empty()));
    assertThat(
            ProxyRules.of(Map.of("HTTPS_PROXY", "http://other:1", "https_proxy", PROXY))
                .to(server)
                .orElseThrow())
        .hasToString("proxy.example.org:3128");
    assertThat(ProxyRules.of(Map.of("https_proxy", "", "HTTPS_PROXY", PROXY)).to(server))
        .isPresent();
    assertThat(ProxyRules.of(Map.of("HTTP_PROXY", PROXY, "HTTPS_PROXY", " ")).to(server)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost:1",
        "https://a.localhost",
        "https://127.0.0.1:7443",
        "https://127.9.9.9",
        "https://[::1]:7443"
      })
  void neverSendTheLoopbackInterfaceThroughAProxy(String server) {
    assertThat(ProxyRules.of(Map.of("HTTPS_PROXY", PROXY)).to(URI.create(server))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                       | https://example.com       | true",
        "example.org             | https://example.org       | true",
        "example.org             | https://meet.Example.org  | true",
        "example.org             | https://badexample.org    | false",
        ".example.org            | https://meet.example.org  | true",
        "*.example.org           | https://meet.example.org  | true",
        "a.test, EXAMPLE.ORG     | https://meet.example.org  | true",
        "a.test b.test           | https://b.test            | true",
        "example.org:7443        | https://example.org:7443  | true",
        "example.org:7443        | https://example.org:7444  | false",
        "example.org:443         | https://example.org       | true",
        "10.1.2.3                | https://10.1.2.3:7443     | true",
        "10.1.2.3                | https://10.1.2.30:7443    | false",
        "10.0.0.0/8              | https://10.99.2.30:7443   | true",
        "10.0.0.0/8              | https://11.0.0.1          | false",
        "10.1.128.0/17           | https://10.1.127.1        | false",
        "0.0.0.0/0               | https://192.0.2.1         | true",
        "10.0.0.0/33             | https://10.0.0.0          | false",
        "2001:db8::1             | https://[2001:db8::1]:1   | true",
        "[2001:db8::1]:7443      | https://[2001:db8::1]:7443| true",
        "[2001:db8::1]:7443      | https://[2001:db8::1]:1   | false",
        "2001:db8::/32           | https://[2001:db8:9::1]   | true",
        "rubbish/x               | https://10.0.0.1          | false"
      })
  void exceptWhatNoProxyNames(String exceptions, String server, boolean direct) {
    ProxyRules rules = ProxyRules.of(Map.of("HTTPS_PROXY", PROXY, "NO_PROXY", exceptions));

    assertThat(rules.to(URI.create(server)).isEmpty()).isEqualTo(direct);
  }

  @ParameterizedTest
  @CsvSource({
    "proxy:3128, proxy:3128, ",
    "http://proxy, proxy:80, ",
    "http://10.0.0.1:3128/, 10.0.0.1:3128, ",
    "http://[2001:db8::1]:3128, [2001:db8::1]:3128, ",
    "http://my_proxy:3128, my_proxy:3128, ",
    "http://u:p@proxy:3128, proxy:3128, Basic dTpw",
    "http://u:p%40ss@proxy:3128, proxy:3128, Basic dTpwQHNz",
    "http://u:50%@proxy:3128, proxy:3128, Basic dTo1MCU="
  })
  void readTheUrlOfAProxyAndShowNoPassword(String url, String shown, String authorization) {
    ProxyAddress proxy = ProxyAddress.parse(url);

    assertThat(proxy).hasToString(shown);
    assertThat(proxy.authorization()).isEqualTo(Optional.ofNullable(authorization));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://u:secret@proxy:3128", "socks5://secret:1", "http://secret:0", "secret x"})
  void refuseAnotherUrlWithoutShowingIt(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProxyRules.of(Map.of("HTTPS_PROXY", url)))
        .satisfies(e -> assertThat(e.getMessage()).contains("a proxy").doesNotContain("secret"));
  }
}
