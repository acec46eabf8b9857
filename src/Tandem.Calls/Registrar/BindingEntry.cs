using Tandem.Core.Time;

namespace Tandem.Calls.Registrar;

/// <summary>
/// A binding on its owner shard: the immutable value that others see, and the timer that ends it. Only the owner touches it.
/// </summary>
internal sealed class BindingEntry(BindingKeeper keeper, AddressOfRecord aor, Binding binding, byte[] uri, Moment deadline) : TimerEntry
{
    public AddressOfRecord Aor => aor;

    public Binding Binding { get; set; } = binding;

    /// <summary>The bytes of <see cref="Registrar.Binding.ContactUri"/>, for the comparison of RFC 3261 §19.1.4.</summary>
    public byte[] Uri { get; set; } = uri;

    /// <summary>When the lifetime ends.</summary>
    public Moment Deadline { get; set; } = deadline;

    /// <summary>The keep-alive of a contact behind NAT; null for any other.</summary>
    public KeepAliveProbe? Probe { get; set; }

    protected override void OnDue(Moment now) => keeper.Expire(this, now);
}
