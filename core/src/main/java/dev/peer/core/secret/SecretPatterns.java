package dev.peer.core.secret;

import java.util.List;

/** All forms of some values, made ready to be looked for in any number of streams. */
final class SecretPatterns {

  private final PatternAutomaton plain;
  private final PatternAutomaton percent;
  private final PatternAutomaton base64;

  /** Of these values; the owner of a form is its value's index. */
  SecretPatterns(List<SecretValue> values) {
    PatternAutomaton.Builder plainForms = new PatternAutomaton.Builder();
    PatternAutomaton.Builder percentForms = new PatternAutomaton.Builder();
    PatternAutomaton.Builder base64Forms = new PatternAutomaton.Builder();
    for (int i = 0; i < values.size(); i++) {
      int owner = i;
      for (byte[] part : SecretForms.parts(values.get(i))) {
        plainForms.add(part, owner);
        percentForms.add(SecretForms.plusAsBlank(part), owner);
        SecretForms.base64(part, form -> base64Forms.add(form, owner));
      }
    }
    this.plain = plainForms.build();
    this.percent = percentForms.build();
    this.base64 = base64Forms.build();
  }

  /** Follows a new stream. */
  Watch watch(SecretView.Finds finds) {
    if (plain.longest() == 0) {
      return new Watch(List.of());
    }
    return new Watch(
        List.of(
            new SecretView.Plain(plain, finds),
            new EscapeView.Json(plain, finds),
            new EscapeView.Percent(percent, finds),
            new SecretView.Base64(base64, finds)));
  }

  /** One stream in all views. */
  static final class Watch {

    private final SecretView[] views;
    private final boolean[] inert = new boolean[1 << Byte.SIZE];
    private long position;

    private Watch(List<SecretView> views) {
      this.views = views.toArray(SecretView[]::new);
      for (int value = 0; value < inert.length; value++) {
        int one = value;
        inert[value] = views.stream().allMatch(view -> view.isInert(one));
      }
    }

    void accept(byte[] buffer, int offset, int length) {
      int end = offset + length;
      boolean atRest = isAtRest();
      for (int i = offset; i < end; i++) {
        if (!atRest || !inert[buffer[i] & 0xff]) {
          for (SecretView view : views) {
            view.accept(buffer[i] & 0xff, position);
          }
          atRest = isAtRest();
        }
        position++;
      }
    }

    private boolean isAtRest() {
      for (SecretView view : views) {
        if (!view.isAtRest()) {
          return false;
        }
      }
      return true;
    }

    /** Before which place of the stream no match can begin any more. */
    long decidedTo() {
      long decided = position;
      for (SecretView view : views) {
        decided = Math.min(decided, view.openFrom());
      }
      return decided;
    }
  }
}
