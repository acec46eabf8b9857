using System.Text;
using Tandem.Core.Net;

namespace Tandem.Sip.Resolution;

/// <summary>A DNS message as it came from a name server (RFC 1035 §4), of which we read what we need. Immutable.</summary>
public sealed class DnsMessage
{
    /// <summary>Most records of one message, all sections together; a message with more is refused. 64 kB hold 4,000 of the smallest.</summary>
    public const int MaxRecords = 512;

    private const int HeaderBytes = 12;
    private const ushort ClassIn = 1;

    private DnsMessage()
    {
    }

    /// <summary>The number of the question.</summary>
    public ushort Id { get; private init; }

    /// <summary>False for a question.</summary>
    public bool IsResponse { get; private init; }

    /// <summary>TC: the answer did not fit and is to be asked for over TCP; its records are not read.</summary>
    public bool IsTruncated { get; private init; }

    /// <summary>RCODE: 0 no error, 2 server failure, 3 no such name, 5 refused.</summary>
    public int ResponseCode { get; private init; }

    /// <summary>The question; null when there is none, or another class than IN.</summary>
    public DnsQuestion? Question { get; private init; }

    /// <summary>The answer section: A, AAAA, CNAME, SRV and NAPTR of class IN; others are left out.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; private init; } = [];

    /// <summary>The SOA of the authority section, for negative answers; null when there is none.</summary>
    public DnsRecord? Authority { get; private init; }

    /// <summary>True when this is the response to <paramref name="question"/> with <paramref name="id"/>: nothing else may be believed (RFC 5452 §9.1).</summary>
    public bool Answered(ushort id, in DnsQuestion question) => IsResponse && Id == id && Question == question;

    /// <summary>Reads a message. False, and never an exception, for one that is damaged. The work is bounded by its length.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out DnsMessage? message)
    {
        message = null;
        var reader = new DnsReader(bytes);
        if (bytes.Length < HeaderBytes || !reader.TryReadUInt16(out var id) || !reader.TryReadUInt16(out var flags)
            || !reader.TryReadUInt16(out var questions) || !reader.TryReadUInt16(out var answers)
            || !reader.TryReadUInt16(out var authorities) || !reader.TryReadUInt16(out var additional))
            return false;

        // Opcode QUERY, and one question: what we ask, and so what is answered (RFC 9619).
        if ((flags & 0x7800) != 0 || questions > 1)
            return false;

        DnsQuestion? question = null;
        if (questions == 1)
        {
            if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var @class))
                return false;

            question = @class == ClassIn ? new DnsQuestion(name, (DnsType)type) : null;
        }

        var isTruncated = (flags & 0x0200) != 0;
        var found = new List<DnsRecord>();
        DnsRecord? authority = null;
        if (!isTruncated)
        {
            if (answers + authorities + additional > MaxRecords || !TryReadSection(ref reader, answers, found))
                return false;

            var rest = new List<DnsRecord>();
            if (!TryReadSection(ref reader, authorities, rest))
                return false;

            authority = rest.Find(r => r.Type == DnsType.Soa);
        }

        message = new DnsMessage
        {
            Id = id,
            IsResponse = (flags & 0x8000) != 0,
            IsTruncated = isTruncated,
            ResponseCode = flags & 15,
            Question = question,
            Answers = found,
            Authority = authority,
        };
        return true;
    }

    private static bool TryReadSection(ref DnsReader reader, int count, List<DnsRecord> records)
    {
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRecord(ref reader, out var record))
                return false;
            if (record is not null)
                records.Add(record);
        }

        return true;
    }

    // Null for a record of a type or class that is not read.
    private static bool TryReadRecord(ref DnsReader reader, out DnsRecord? record)
    {
        record = null;
        if (!reader.TryReadName(out var owner) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var @class)
            || !reader.TryReadUInt32(out var ttl) || !reader.TryReadUInt16(out var length) || reader.Left < length)
            return false;

        var end = reader.Position + length;
        if (@class == ClassIn && Known((DnsType)type))
        {
            record = ReadData(ref reader, owner, (DnsType)type, ttl > int.MaxValue ? 0 : ttl, length);
            if (record is null || reader.Position != end)
                return false;
        }

        reader.Position = end;
        return true;
    }

    private static bool Known(DnsType type) =>
        type is DnsType.A or DnsType.Aaaa or DnsType.Cname or DnsType.Soa or DnsType.Srv or DnsType.Naptr;

    private static DnsRecord? ReadData(ref DnsReader reader, string owner, DnsType type, uint ttl, int length)
    {
        var record = new DnsRecord { Owner = owner, Type = type, Ttl = ttl };
        switch (type)
        {
            case DnsType.A:
                return length == 4 && reader.TryReadUInt32(out var v4) ? record with { Address = NetAddress.FromV4(v4, 0) } : null;
            case DnsType.Aaaa:
                return length == 16 && reader.TryReadBytes(16, out var v6) ? record with { Address = NetAddress.FromV6(v6, 0) } : null;
            case DnsType.Cname:
                return reader.TryReadName(out var canonical) ? record with { Target = canonical } : null;
            case DnsType.Srv:
                return ReadSrv(ref reader, record);
            case DnsType.Naptr:
                return ReadNaptr(ref reader, record);
            default:
                return ReadSoa(ref reader, record);
        }
    }

    private static DnsRecord? ReadSrv(ref DnsReader reader, DnsRecord record) =>
        reader.TryReadUInt16(out var priority) && reader.TryReadUInt16(out var weight) && reader.TryReadUInt16(out var port)
        && reader.TryReadName(out var target)
            ? record with { Priority = priority, Weight = weight, Port = port, Target = target }
            : null;

    private static DnsRecord? ReadNaptr(ref DnsReader reader, DnsRecord record) =>
        reader.TryReadUInt16(out var order) && reader.TryReadUInt16(out var preference) && reader.TryReadString(out var flags)
        && reader.TryReadString(out var service) && reader.TryReadString(out var expression) && reader.TryReadName(out var replacement)
            ? record with
            {
                Weight = order,
                Priority = preference,
                Flags = Encoding.Latin1.GetString(flags).ToLowerInvariant(),
                Service = Encoding.Latin1.GetString(service).ToUpperInvariant(),
                HasExpression = expression.Length > 0,
                Target = replacement,
            }
            : null;

    private static DnsRecord? ReadSoa(ref DnsReader reader, DnsRecord record) =>
        reader.TryReadName(out _) && reader.TryReadName(out _) && reader.TryReadBytes(16, out _) && reader.TryReadUInt32(out var minimum)
            ? record with { Minimum = minimum > int.MaxValue ? 0 : minimum }
            : null;
}
