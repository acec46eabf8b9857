using System.Buffers.Binary;
using System.Numerics;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>
/// RFC 5393 §4.2: the second part of a branch is a hash (CRC-32C) over what decides where a request goes, its
/// Request-URI and Route. A request that carries our Via with the hash that it has itself goes in a circle; with
/// another hash it spirals, which is allowed. The hash is the same in every shard and process.
/// </summary>
internal static class LoopDetection
{
    /// <summary>The hash of a received request; never 0, which stands for "none".</summary>
    public static uint KeyOf(SipMessage request)
    {
        var crc = Add(uint.MaxValue, request.RequestUri);
        foreach (var route in request.Values(HeaderName.Route))
            crc = Add(crc, route);
        return crc == 0 ? 1 : crc;
    }

    public static bool IsLoop(SipMessage request, SipAddressing addressing, ReadOnlySpan<byte> branchStart)
    {
        uint key = 0;
        foreach (var element in request.Values(HeaderName.Via))
        {
            if (!ViaValue.TryParse(element, out var via) || !addressing.IsOurs(via))
                continue;
            if (!ClientTransactionTable.TryReadBranch(via.Branch, branchStart, out _, out var theirs) || theirs == 0)
                continue;

            key = key == 0 ? KeyOf(request) : key;
            if (theirs == key)
                return true;
        }

        return false;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return BitOperations.Crc32C(crc, (byte)0);
    }
}
