using System.Numerics;
using System.Runtime.CompilerServices;
using Tandem.Core.Privacy;

namespace Tandem.Sip.Authentication;

/// <summary>
/// H(A1) by user and algorithm. The key is the identity of the <see cref="Secret"/> object, so a new secret takes effect
/// with the first request after it. A fixed table of sets of four: it neither grows nor locks. Entries are immutable; two
/// shards that write the same place lose one entry, which is computed again.
/// </summary>
internal sealed class HashedSecretCache
{
    private const int Ways = 4;

    private readonly Entry?[] _entries;
    private readonly int _setMask;

    public HashedSecretCache(int capacity)
    {
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, capacity / Ways));
        _entries = new Entry?[sets * Ways];
        _setMask = sets - 1;
    }

    /// <summary>The hash in hexadecimal; empty when it is not known.</summary>
    public ReadOnlySpan<byte> Find(Secret secret, ReadOnlySpan<byte> user, DigestAlgorithm algorithm)
    {
        var first = FirstWay(secret);
        for (var i = 0; i < Ways; i++)
        {
            if (Volatile.Read(ref _entries[first + i]) is { } entry && ReferenceEquals(entry.Secret, secret)
                && entry.Algorithm == algorithm && user.SequenceEqual(entry.User))
            {
                return entry.Hex;
            }
        }

        return default;
    }

    /// <summary>Keeps a hash; in a full set it takes the place of one of the others.</summary>
    public void Keep(Secret secret, ReadOnlySpan<byte> user, DigestAlgorithm algorithm, ReadOnlySpan<byte> hex)
    {
        var first = FirstWay(secret);
        var place = first + Random.Shared.Next(Ways);
        for (var i = 0; i < Ways; i++)
        {
            if (Volatile.Read(ref _entries[first + i]) is null)
            {
                place = first + i;
                break;
            }
        }

        Volatile.Write(ref _entries[place], new Entry(secret, user.ToArray(), algorithm, hex.ToArray()));
    }

    private int FirstWay(Secret secret) => (RuntimeHelpers.GetHashCode(secret) & _setMask) * Ways;

    private sealed class Entry(Secret secret, byte[] user, DigestAlgorithm algorithm, byte[] hex)
    {
        public readonly Secret Secret = secret;
        public readonly byte[] User = user;
        public readonly DigestAlgorithm Algorithm = algorithm;
        public readonly byte[] Hex = hex;
    }
}
