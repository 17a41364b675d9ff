package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.TrunkName;
import dev.peer.core.record.KeptOrigin;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptSettingsTest {

  @Test
  void keepToTheTrunkUnlessTheUserSaysOtherwise() throws ConfigException {
    assertThat(KeptSettings.of(Settings.of(Map.of())).widest()).isEqualTo(KeptOrigin.TRUNK);
    assertThat(KeptSettings.of(Settings.of(Map.of())).trunk()).isEmpty();

    KeptSettings set =
        KeptSettings.of(Settings.of(Map.of("PEER_TRUNK", " release/2.x ", "PEER_KEPT", "history")));

    assertThat(set.trunk()).contains(new TrunkName("release/2.x"));
    assertThat(set.widest()).isEqualTo(KeptOrigin.HISTORY);
  }

  @ParameterizedTest
  @CsvSource({"PEER_TRUNK,a..b", "PEER_TRUNK,refs/tags/v1", "PEER_KEPT,blank", "PEER_KEPT,all"})
  void refuseWhatIsNone(String name, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> KeptSettings.of(Settings.of(Map.of(name, value))))
        .withMessageStartingWith(name + " in the environment is not");
  }

  @Test
  void goWithTheRunWhoeverDoesIt() {
    assertThat(Setting.PEER_TRUNK.handOff()).isEqualTo(Setting.HandOff.SENT);
    assertThat(Setting.PEER_KEPT.handOff()).isEqualTo(Setting.HandOff.SENT);
    assertThat(Setting.PEER_IMAGE.handOff()).isEqualTo(Setting.HandOff.SENT);
    assertThat(Setting.PEER_CACHE_MAX_BYTES.handOff()).isEqualTo(Setting.HandOff.DAEMONS_OWN);
    assertThat(Setting.PEER_KEY.handOff()).isEqualTo(Setting.HandOff.SAME_PEM);
  }
}
