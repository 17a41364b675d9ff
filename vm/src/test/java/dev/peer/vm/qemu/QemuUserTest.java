package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QemuUserTest {

  private static final String ALL = "000001ffffffffff";
  private static final List<String> EVERYBODY = List.of("         0          0 4294967295");
  private static final String ROOT = "root:x:0:0:root:/root:/bin/bash";
  private static final String NOBODY = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
  private static final String PEER = "peer:x:998:997::/var/lib/peer:/usr/sbin/nologin";

  @Test
  void isTheUserMadeForItBeforeNobody() {
    assertThat(choose(0, ALL, List.of(ROOT, NOBODY, PEER))).contains(new QemuUser(998, 997));
    assertThat(choose(0, ALL, List.of(ROOT, NOBODY))).contains(new QemuUser(65534, 65533));
    assertThat(choose(0, ALL, List.of(ROOT))).contains(new QemuUser(65534, 65534));
  }

  @Test
  void isNeverRootByAnotherNameNorInItsGroup() {
    assertThat(choose(0, ALL, List.of("peer:x:0:0::/:/bin/sh", NOBODY)))
        .contains(new QemuUser(65534, 65533));
    assertThat(choose(0, ALL, List.of("peer:x:998:0::/:/bin/sh", NOBODY)))
        .contains(new QemuUser(65534, 65533));
  }

  @Test
  void isNotAnotherForWhoIsNotRootOrARootThatCanNotChangeIt() {
    assertThat(choose(1000, "0000000000000000", List.of(NOBODY))).isEmpty();
    assertThat(choose(1000, ALL, List.of(NOBODY))).isEmpty();
    assertThat(choose(0, "0000000000000000", List.of(NOBODY))).isEmpty();
    assertThat(choose(0, "00000000000001c1", List.of(NOBODY))).isPresent();
    assertThat(choose(0, "0000000000000141", List.of(NOBODY))).isEmpty();
  }

  @Test
  void isOneThatThereIsInTheUserNamespace() {
    List<String> oneUser = List.of("         0       1000          1");
    String status = status(0, ALL);

    assertThat(QemuUser.choose(status, List.of(NOBODY), oneUser, EVERYBODY)).isEmpty();
    assertThat(QemuUser.choose(status, List.of(NOBODY), EVERYBODY, oneUser)).isEmpty();
    List<String> twoRanges = List.of("0 1000 1", "1 100000 65536");
    assertThat(QemuUser.choose(status, List.of(PEER), twoRanges, EVERYBODY))
        .contains(new QemuUser(998, 997));
  }

  @Test
  void isInTheGroupOfKvmOnlyWhereThatIsNeededAndNotRoots() {
    QemuUser user = new QemuUser(998, 997);

    assertThat(user.withDevice(0020660, 104)).isEqualTo(new QemuUser(998, 104));
    assertThat(user.withDevice(0020666, 104)).isEqualTo(user);
    assertThat(user.withDevice(0020600, 104)).isEqualTo(user);
    assertThat(user.withDevice(0020660, 0)).isEqualTo(user);
  }

  private static Optional<QemuUser> choose(int uid, String capabilities, List<String> passwd) {
    return QemuUser.choose(status(uid, capabilities), passwd, EVERYBODY, EVERYBODY);
  }

  private static String status(int uid, String capabilities) {
    return "Name:\tjava\nUid:\t%d\t%d\t%d\t%d\nCapPrm:\t%s\nCapEff:\t%s\nCapBnd:\t%s\n"
        .formatted(uid, uid, uid, uid, capabilities, capabilities, capabilities);
  }
}
