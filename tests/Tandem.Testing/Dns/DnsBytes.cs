using System.Buffers.Binary;
using System.Text;
using Tandem.Sip.Resolution;

namespace Tandem.Testing.Dns;

/// <summary>Writes DNS answers byte by byte. It shares no code with the reader of Tandem.Sip, so a fault there cannot hide itself.</summary>
public sealed class DnsBytes
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _names = [];
    private readonly bool _compress;

    private DnsBytes(bool compress) => _compress = compress;

    /// <summary>A response with these records; names are compressed unless told otherwise.</summary>
    public static byte[] Response(
        DnsQuestion question, IReadOnlyList<DnsRecord> answers, IReadOnlyList<DnsRecord>? authorities = null, int code = 0, ushort id = 0,
        bool truncated = false, bool compress = true)
    {
        var writer = new DnsBytes(compress);
        writer.U16(id);
        writer.U16((ushort)(0x8180 | (truncated ? 0x0200 : 0) | code));
        writer.U16(1);
        writer.U16(truncated ? 0 : answers.Count);
        writer.U16(authorities?.Count ?? 0);
        writer.U16(1);
        writer.Name(question.Name);
        writer.U16((int)question.Type);
        writer.U16(1);
        foreach (var record in truncated ? [] : answers)
            writer.Record(record);
        foreach (var record in authorities ?? [])
            writer.Record(record);

        writer._bytes.AddRange([0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]);
        return [.. writer._bytes];
    }

    private void Record(DnsRecord record)
    {
        Name(record.Owner);
        U16((int)record.Type);
        U16(1);
        U32(record.Ttl);
        var lengthAt = _bytes.Count;
        U16(0);
        switch (record.Type)
        {
            case DnsType.A or DnsType.Aaaa:
                _bytes.AddRange(record.Address.ToIPAddress().GetAddressBytes());
                break;
            case DnsType.Cname:
                Name(record.Target);
                break;
            case DnsType.Srv:
                U16(record.Priority);
                U16(record.Weight);
                U16(record.Port);
                Name(record.Target);
                break;
            case DnsType.Naptr:
                U16(record.Weight);
                U16(record.Priority);
                Text(record.Flags);
                Text(record.Service);
                Text(record.HasExpression ? "!.*!sip:x@example.com!" : "");
                Name(record.Target);
                break;
            default:
                Name("ns." + record.Owner);
                Name("hostmaster." + record.Owner);
                U32(1);
                U32(2);
                U32(3);
                U32(4);
                U32(record.Minimum);
                break;
        }

        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(_bytes.Count - lengthAt - 2));
        _bytes[lengthAt] = length[0];
        _bytes[lengthAt + 1] = length[1];
    }

    private void Name(string name)
    {
        while (name.Length > 0)
        {
            if (_compress && _names.TryGetValue(name, out var at))
            {
                U16(0xC000 | at);
                return;
            }

            if (_bytes.Count < 0x4000)
                _names.TryAdd(name, _bytes.Count);
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            Text(dot < 0 ? name : name[..dot]);
            name = dot < 0 ? "" : name[(dot + 1)..];
        }

        _bytes.Add(0);
    }

    private void Text(string text)
    {
        _bytes.Add((byte)text.Length);
        _bytes.AddRange(Encoding.ASCII.GetBytes(text));
    }

    private void U16(int value)
    {
        _bytes.Add((byte)(value >> 8));
        _bytes.Add((byte)value);
    }

    private void U32(uint value)
    {
        U16((int)(value >> 16));
        U16((int)(value & 0xFFFF));
    }
}
