using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Tandem.Core.Time;

namespace Tandem.Calls.Trunks;

/// <summary>
/// Whose password a message from outside may repeat, by its Call-ID: registrations, OPTIONS and calls of profiles. Only messages of a profile are searched for its password: what is hidden in the
/// trace of one tenant tells nothing of the passwords of others. Thread-safe; bounded by the calls that there are and by the requests of the last minute.
/// </summary>
public sealed class ProviderSecrets
{
    private const int LongestCallId = 256;

    // Twice 64*T1 (RFC 3261 §17): what still comes of a transaction comes before.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(64);

    private readonly ConditionalWeakTable<SipProfile, StrongBox<ProviderSecret?>> _made = [];
    private readonly ConcurrentDictionary<string, Entry> _byCallId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Queue<(string CallId, Entry Entry)> _ending = new();
    private readonly Lock _lock = new();
    private int _count;

    public ProviderSecrets() => _lookup = _byCallId.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Call-IDs that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The secret that messages with this Call-ID may hold; null for none.</summary>
    public ProviderSecret? Find(ReadOnlySpan<byte> sipCallId)
    {
        if (Count == 0 || sipCallId.Length is 0 or > LongestCallId)
            return null;

        Span<char> text = stackalloc char[LongestCallId];
        var length = Encoding.UTF8.GetChars(sipCallId, text);
        return _lookup.TryGetValue(text[..length], out var entry) ? entry.Secret : null;
    }

    /// <summary>A call of a profile has begun: its Call-ID is kept until <see cref="End"/>.</summary>
    public void Begin(string callId, SipProfile profile, Moment now) => Keep(callId, profile, now, Moment.Never);

    /// <summary>A request of a profile goes out that is no call: what is answered comes soon.</summary>
    public void Sent(string callId, SipProfile profile, Moment now) => Keep(callId, profile, now, now + Aftermath);

    /// <summary>A call is over; its last answers may still come.</summary>
    public void End(string callId, Moment now)
    {
        lock (_lock)
        {
            Sweep(now);
            if (_byCallId.TryGetValue(callId, out var entry))
                EndAt(now + Aftermath, callId, entry);
        }
    }

    private void Keep(string callId, SipProfile profile, Moment now, Moment until)
    {
        lock (_lock)
        {
            Sweep(now);
            if (_made.GetValue(profile, static p => new StrongBox<ProviderSecret?>(ProviderSecret.Of(p.Password, p.DigestUser))).Value is not { } secret)
                return;

            var entry = _byCallId[callId] = new Entry(secret) { Until = Moment.Never };
            Volatile.Write(ref _count, _byCallId.Count);
            if (until != Moment.Never)
                EndAt(until, callId, entry);
        }
    }

    // Under the lock.
    private void EndAt(Moment until, string callId, Entry entry)
    {
        entry.Until = until;
        _ending.Enqueue((callId, entry));
    }

    // Under the lock. One that was begun again meanwhile is another entry.
    private void Sweep(Moment now)
    {
        while (_ending.TryPeek(out var first) && first.Entry.Until <= now)
        {
            _ending.Dequeue();
            _byCallId.TryRemove(KeyValuePair.Create(first.CallId, first.Entry));
            Volatile.Write(ref _count, _byCallId.Count);
        }
    }

    private sealed class Entry(ProviderSecret secret)
    {
        public ProviderSecret Secret => secret;

        public Moment Until { get; set; }
    }
}
