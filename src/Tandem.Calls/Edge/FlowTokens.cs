using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Edge;

/// <summary>
/// Flow tokens (RFC 5626 §5.2): a flow of this node as text that others carry and cannot make. A connection is that of one run of the process;
/// a flow of datagrams outlives it.
/// </summary>
internal sealed class FlowTokens
{
    /// <summary>How the user part of an address of ours begins that is a flow token.</summary>
    public const string Prefix = "tne";

    private const int AddressLength = 19;
    private const int MacLength = 14;
    private const int BodyLength = 1 + 8 + 8 + AddressLength + AddressLength;
    private const int TokenLength = BodyLength + MacLength;

    private readonly byte[] _key;
    private readonly ulong _run = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    /// <param name="secret">What all nodes know.</param>
    /// <param name="node">The name of this one: no other can read or make its tokens.</param>
    public FlowTokens(byte[] secret, string node) => _key = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("flow:" + node));

    /// <summary>The token of a flow: letters, digits, hyphens and underscores.</summary>
    public string Make(in SipFlow flow)
    {
        Span<byte> token = stackalloc byte[TokenLength];
        token[0] = (byte)flow.Transport;
        BinaryPrimitives.WriteInt64LittleEndian(token[1..], flow.Connection);
        BinaryPrimitives.WriteUInt64LittleEndian(token[9..], flow.Connection == 0 ? 0 : _run);
        Write(token[17..], flow.Local);
        Write(token[(17 + AddressLength)..], flow.Remote);
        Mac(token[..BodyLength], token[BodyLength..]);
        return Prefix + Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token of this node.</summary>
    /// <param name="text">The token.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="isOfThisRun">False when its connection belonged to an earlier run of the process, and is gone.</param>
    /// <returns>False when this node did not make it.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out SipFlow flow, out bool isOfThisRun)
    {
        flow = default;
        isOfThisRun = false;
        Span<byte> token = stackalloc byte[TokenLength];
        if (!IsToken(text) || Base64Url.DecodeFromUtf8(text[Prefix.Length..], token, out _, out var length) != OperationStatus.Done || length != TokenLength)
            return false;

        Span<byte> mac = stackalloc byte[MacLength];
        Mac(token[..BodyLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, token[BodyLength..]))
            return false;

        var run = BinaryPrimitives.ReadUInt64LittleEndian(token[9..]);
        isOfThisRun = run == 0 || run == _run;
        flow = new SipFlow((SipTransportKind)token[0], Read(token[17..]), Read(token[(17 + AddressLength)..]), BinaryPrimitives.ReadInt64LittleEndian(token[1..]));
        return true;
    }

    /// <summary>True for what looks like a token, of whatever node.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => text.Length == Prefix.Length + Base64Url.GetEncodedLength(TokenLength) && text.StartsWith("tne"u8);

    private static void Write(Span<byte> bytes, in NetAddress address)
    {
        bytes[0] = address.IsV6 ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[1..], address.Port);
        bytes[3..AddressLength].Clear();
        if (address.IsV6)
            address.WriteV6(bytes[3..AddressLength]);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[3..], address.V4);
    }

    private static NetAddress Read(ReadOnlySpan<byte> bytes)
    {
        var port = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        return bytes[0] == 1 ? NetAddress.FromV6(bytes[3..AddressLength], port) : NetAddress.FromV4(BinaryPrimitives.ReadUInt32LittleEndian(bytes[3..]), port);
    }

    private void Mac(ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, body, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
