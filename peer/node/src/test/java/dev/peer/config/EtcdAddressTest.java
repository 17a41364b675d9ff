package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdAddressTest {

  @Test
  void takesTheMembersOfOneEtcd() {
    assertThat(EtcdAddress.parse("etcd:https://e1:2379,https://[::1]:2380").members())
        .containsExactly(URI.create("https://e1:2379"), URI.create("https://[::1]:2380"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "etcd:",
        "https://e1:2379",
        "etcd:e1:2379",
        "etcd:http://e1:2379",
        "etcd:https://e1",
        "etcd:https://e1:2379/x",
        "etcd:https://e1:2379,",
        "etcd:https://user@e1:2379",
        "redis:https://e1:2379"
      })
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> EtcdAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("etcd:https://HOST:PORT");
  }
}
