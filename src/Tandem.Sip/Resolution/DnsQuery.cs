using System.Buffers.Binary;

namespace Tandem.Sip.Resolution;

/// <summary>Writes questions (RFC 1035 §4.1).</summary>
public static class DnsQuery
{
    /// <summary>
    /// The size of answers over UDP that we take, told by EDNS(0) (RFC 6891 §6.2.5): no path breaks datagrams of 1,232 bytes
    /// into fragments, which are easy to forge and often dropped.
    /// </summary>
    public const int MaxDatagram = 1_232;

    /// <summary>Most bytes of a question.</summary>
    public const int MaxBytes = 12 + DnsName.MaxWireLength + 4 + 11;

    /// <summary>Writes a question that wishes for recursion, with an OPT record; returns its length.</summary>
    public static int Write(ushort id, in DnsQuestion question, Span<byte> destination)
    {
        destination[..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 0x0100);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], 1);
        var at = 12 + DnsName.Write(question.Name, destination[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], 1);
        at += 4;

        var opt = destination.Slice(at, 11);
        opt.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], (ushort)DnsType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], MaxDatagram);
        return at + 11;
    }
}
