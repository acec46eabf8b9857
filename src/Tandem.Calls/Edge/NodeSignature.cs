using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Buffers;

namespace Tandem.Calls.Edge;

/// <summary>
/// What a node writes into the Via of a request to another, so that this one knows who wrote it: the second and an HMAC over it and all other bytes of
/// the message. A repetition after <see cref="EdgeOptions.SignatureWindow"/> is worth nothing, nor is another message.
/// </summary>
internal sealed class NodeSignature
{
    private const int MacLength = 18;
    private const int TimeLength = 8;

    private readonly byte[] _key;
    private readonly long _window;

    /// <param name="secret">What all nodes know.</param>
    /// <param name="window">How much older or newer than now a signature may be.</param>
    public NodeSignature(byte[] secret, TimeSpan window)
    {
        _key = HMACSHA256.HashData(secret, "node signature"u8);
        _window = (long)window.TotalSeconds;
    }

    private static ReadOnlySpan<byte> Name => ";tns="u8;

    /// <summary>The length of the parameter.</summary>
    private static int Length => Name.Length + TimeLength + 1 + Base64Url.GetEncodedLength(MacLength);

    /// <summary>A copy of a request with the signature at the end of its first Via field, which must be its first field and in one line.</summary>
    /// <param name="message">The whole request, not signed yet.</param>
    /// <param name="second">Now, in seconds since 1970.</param>
    public PooledBuffer Sign(ReadOnlySpan<byte> message, long second)
    {
        var at = EndOfVia(message);
        Span<byte> mac = stackalloc byte[MacLength];
        Span<byte> time = stackalloc byte[TimeLength];
        second.TryFormat(time, out _, "x8", CultureInfo.InvariantCulture);
        Mac(time, message[..at], message[at..], mac);

        var signed = BufferPool.Shared.Rent(message.Length + Length);
        var bytes = signed.Array.AsSpan();
        message[..at].CopyTo(bytes);
        Name.CopyTo(bytes[at..]);
        time.CopyTo(bytes[(at + Name.Length)..]);
        bytes[at + Name.Length + TimeLength] = (byte)'.';
        Base64Url.EncodeToUtf8(mac, bytes[(at + Name.Length + TimeLength + 1)..]);
        message[at..].CopyTo(bytes[(at + Length)..]);
        signed.Length = message.Length + Length;
        return signed;
    }

    /// <summary>True when there is a signature, of whatever worth.</summary>
    public static bool IsThere(ReadOnlySpan<byte> message) => TryFind(message, out _);

    /// <summary>True when a node wrote exactly this, just now.</summary>
    public bool IsGood(ReadOnlySpan<byte> message, long second)
    {
        if (!TryFind(message, out var at))
            return false;

        var text = message[(at + Name.Length)..(at + Length)];
        Span<byte> mac = stackalloc byte[MacLength];
        if (text[TimeLength] != '.' || !Utf8Parser.TryParse(text[..TimeLength], out long signed, out var used, 'x') || used != TimeLength || Math.Abs(second - signed) > _window
            || Base64Url.DecodeFromUtf8(text[(TimeLength + 1)..], mac, out _, out var length) != OperationStatus.Done || length != MacLength)
            return false;

        Span<byte> expected = stackalloc byte[MacLength];
        Mac(text[..TimeLength], message[..at], message[(at + Length)..], expected);
        return CryptographicOperations.FixedTimeEquals(mac, expected);
    }

    private static bool TryFind(ReadOnlySpan<byte> message, out int at)
    {
        at = EndOfVia(message) - Length;
        return at > 0 && message[at..].StartsWith(Name);
    }

    // The end of the second line, where the first field is.
    private static int EndOfVia(ReadOnlySpan<byte> message)
    {
        var first = message.IndexOf("\r\n"u8);
        var end = first < 0 ? -1 : message[(first + 2)..].IndexOf("\r\n"u8);
        return end < 0 ? message.Length : first + 2 + end;
    }

    private void Mac(ReadOnlySpan<byte> time, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, Span<byte> mac)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(time);
        hash.AppendData(before);
        hash.AppendData(after);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(whole);
        whole[..MacLength].CopyTo(mac);
    }
}
