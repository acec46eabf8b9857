using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;

namespace Tandem.Sip.Authentication;

/// <summary>
/// Makes nonces and knows its own again without remembering any: time, a random part, and a MAC (<see cref="ShortMac"/>) over both and
/// over the address that it was issued to. The key is drawn at the start, so no nonce survives a restart (its user gets a
/// new one by <c>stale=true</c>). Immutable, used by all shards.
/// </summary>
internal sealed class NonceMint
{
    /// <summary>Bytes of a nonce as it stands in a header field: base64 without padding.</summary>
    public const int TextLength = 40;

    private const int TimeBytes = 6;
    private const int RandomBytes = 8;
    private const int MacBytes = ShortMac.Size;
    private const int HeadBytes = TimeBytes + RandomBytes;
    private const int TotalBytes = HeadBytes + MacBytes;
    private const int AddressBytes = 16;

    private readonly ShortMac _mac;
    private readonly long _lifetimeMs;
    private readonly bool _bindToSource;

    public NonceMint(ReadOnlySpan<byte> key, TimeSpan lifetime, bool bindToSource)
    {
        _mac = new ShortMac(key);
        _lifetimeMs = (long)lifetime.TotalMilliseconds;
        _bindToSource = bindToSource;
    }

    /// <summary>Writes a new nonce of <see cref="TextLength"/> bytes.</summary>
    public void Make(in NetAddress source, Moment now, Span<byte> text)
    {
        Span<byte> nonce = stackalloc byte[TotalBytes];
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, now.Milliseconds);
        time[2..].CopyTo(nonce);

        // Uniqueness is all that is asked of this part; that nobody can foresee the nonce is the work of the MAC.
        BinaryPrimitives.WriteInt64BigEndian(nonce[TimeBytes..], Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        Sign(nonce[..HeadBytes], source, nonce[HeadBytes..]);
        Base64.EncodeToUtf8(nonce, text, out _, out _);
    }

    /// <summary>Reads a nonce that a client sent back.</summary>
    public NonceState Read(ReadOnlySpan<byte> text, in NetAddress source, Moment now, out NonceId id)
    {
        id = default;
        if (text.Length != TextLength)
            return NonceState.Foreign;

        Span<byte> nonce = stackalloc byte[TotalBytes];
        if (Base64.DecodeFromUtf8(text, nonce, out _, out var written) != System.Buffers.OperationStatus.Done || written != TotalBytes)
            return NonceState.Foreign;

        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(nonce[..HeadBytes], source, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, nonce[HeadBytes..]))
            return NonceState.Foreign;

        Span<byte> time = stackalloc byte[8];
        time.Clear();
        nonce[..TimeBytes].CopyTo(time[2..]);
        id = new NonceId(BinaryPrimitives.ReadInt64BigEndian(time), BinaryPrimitives.ReadUInt64BigEndian(nonce[TimeBytes..]));
        return now.Milliseconds - id.IssuedMs > _lifetimeMs ? NonceState.Expired : NonceState.Good;
    }

    private void Sign(ReadOnlySpan<byte> head, in NetAddress source, Span<byte> mac)
    {
        Span<byte> input = stackalloc byte[HeadBytes + AddressBytes];
        head.CopyTo(input);
        if (_bindToSource)
            source.WriteV6(input[HeadBytes..]);
        else
            input[HeadBytes..].Clear();

        _mac.Compute(input, mac);
    }
}
