using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Transport;

/// <summary>
/// Which shard owns a message. All messages of one Call-ID meet on one shard; a REGISTER, a PUBLISH and a MESSAGE
/// outside a dialog go to the shard that owns the address of record. The hash is stable: every process and version agrees on it.
/// </summary>
public static class ShardSelector
{
    private const uint FnvOffset = 2_166_136_261;
    private const uint FnvPrime = 16_777_619;
    private const int CallIdLength = 24;

    /// <summary>The shard, 0 to <paramref name="shards"/> - 1, of a message; a rejected message without what is needed belongs to shard 0.</summary>
    public static int Pick(SipMessage message, int shards)
    {
        if (shards <= 1)
            return 0;

        if (BelongsToUser(message) && message.TryGetTo(out var to) && to.TryGetUri(out var uri) && uri.HasUser)
        {
            return PickForUser(uri.User, shards);
        }

        return PickForCallId(message.CallId, shards);
    }

    /// <summary>
    /// True for requests that all must meet where their user is at home: REGISTER and PUBLISH, so that bindings and publications have
    /// one writer, and MESSAGE outside a dialog, so that no phone gets two at a time (RFC 3428 §8).
    /// </summary>
    private static bool BelongsToUser(SipMessage message) => message.IsRequest && message.Method switch
    {
        SipMethod.Register => true,
        SipMethod.Publish or SipMethod.Message => message.ToTag.Length == 0,
        _ => false,
    };

    /// <summary>The shard of a Call-ID.</summary>
    public static int PickForCallId(ReadOnlySpan<byte> callId, int shards)
    {
        var hash = FnvOffset;
        foreach (var b in callId)
            hash = (hash ^ b) * FnvPrime;

        return Spread(hash, shards);
    }

    /// <summary>The shard that owns the bindings of a user, given as in a URI: its escapes are resolved before it is hashed.</summary>
    public static int PickForUser(ReadOnlySpan<byte> user, int shards)
    {
        var hash = FnvOffset;
        while (SipEscaping.TryNext(ref user, out var b))
            hash = (hash ^ b) * FnvPrime;

        return Spread(hash, shards);
    }

    /// <summary>The shard that owns the bindings of a user or number, given as plain text.</summary>
    public static int PickForUser(string user, int shards)
    {
        // A plain text has no escapes to resolve.
        Span<byte> bytes = user.Length <= 128 ? stackalloc byte[384] : new byte[Encoding.UTF8.GetMaxByteCount(user.Length)];
        return PickForCallId(bytes[..Encoding.UTF8.GetBytes(user, bytes)], shards);
    }

    /// <summary>
    /// A new Call-ID that belongs to <paramref name="shard"/>: 24 random letters and digits, drawn again until the hash fits.
    /// </summary>
    public static string MakeCallId(int shard, int shards, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Math.Max(1, shards));

        Span<byte> id = stackalloc byte[CallIdLength];
        do
        {
            for (var i = 0; i < id.Length; i++)
                id[i] = "abcdefghijklmnopqrstuvwxyz234567"u8[random.Next(32)];
        }
        while (PickForCallId(id, shards) != shard);

        return Encoding.ASCII.GetString(id);
    }

    private static int Spread(uint hash, int shards)
    {
        if (shards <= 1)
            return 0;

        // FNV-1a leaves its high bits poor for short texts: mix, then scale without the bias of a remainder.
        hash ^= hash >> 16;
        hash *= 0x7FEB352D;
        hash ^= hash >> 15;
        hash *= 0x846CA68B;
        hash ^= hash >> 16;
        return (int)(((ulong)hash * (uint)shards) >> 32);
    }
}
