package dev.peer.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MkfileTextTest {

  private static boolean surelyHasNoRule(String mkfile) {
    return MkfileText.surelyHasNoRule(mkfile.getBytes(StandardCharsets.UTF_8), MadeCrontabs.FILE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "test:V:\n\t./run-tests\n",
        "# a comment: with %\nCONTAINERIMAGE=localhost:5000/x\ntest:V: $OBJ\n\tmake $target\n",
        "OBJ=a.o \\\n\tb.o\n%.o: %.c\n\tcc -c $stem.c\n",
        "/var/run/ci/cache/%:V:\n\ttrue\n",
        "test:VQ: a\n\tcat <<EOF\n",
      })
  void knowsThatThereIsNoRule(String mkfile) {
    assertThat(surelyHasNoRule(mkfile)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/var/run/ci/crontab:\n\techo\n",
        "X=crontab\n/var/run/ci/$X:\n\techo\n",
        "$TARGETS: x\n\techo\n",
        "<other.mk\n",
        "<|./rules\n",
        "/var/run/ci/%:\n\techo\n",
        "/var/run/ci/cron&:\n\techo\n",
        "/var/run/ci/cr.*:R:\n\techo\n",
        "a \\\n  '/var/run/ci/cron'tab: b\n\techo\n",
        "all: /var/run/ci/crontab\n",
      })
  void leavesToMkWhatItCanNotKnow(String mkfile) {
    assertThat(surelyHasNoRule(mkfile)).isFalse();
  }
}
