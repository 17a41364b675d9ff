package dev.peer.core.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrunkNameTest {

  @Test
  void takesBranchesAndTheirRefs() {
    assertThat(new TrunkName("main").isRef()).isFalse();
    assertThat(new TrunkName("release/2.x").isRef()).isFalse();
    assertThat(new TrunkName("refs/remotes/upstream/main").isRef()).isTrue();
    assertThat(new TrunkName("refs/heads/main").isRef()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "HEAD",
        "@",
        "main~1",
        "main^",
        "a..b",
        "-x",
        "/main",
        "main/",
        "a//b",
        ".hidden",
        "a/.b",
        "main.lock",
        "a.lock/b",
        "main@{1}",
        "ma in",
        "main\n",
        "ma*n",
        "a:b",
        "refs/tags/v1",
        "refs/pull/1/head",
        "refs/heads/",
        "origin/main"
      })
  void refusesWhatNamesNoBranchForSure(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TrunkName(text));
  }
}
