using System.Globalization;
using Tandem.Core.Net;
using Tandem.Sip.Resolution;

namespace Tandem.Testing.Dns;

/// <summary>
/// A name server that is a table. Lines are <c>name ttl type data</c>, as in a zone file without its refinements:
/// <c>example.com 60 NAPTR 10 50 s SIP+D2T _sip._tcp.example.com</c>; NAPTR has order, preference, flags, service, replacement.
/// </summary>
public sealed class DnsZone : IDnsChannel
{
    private readonly List<DnsRecord> _records = [];
    private readonly List<Action> _held = [];

    public DnsZone(params string[] lines) => Add(lines);

    /// <summary>The questions that were asked, in their order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The server does not answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>Answers wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>The code of every answer: 2 for a server that fails.</summary>
    public int Code { get; set; }

    /// <summary>The SOA of negative answers: seconds that they may be kept.</summary>
    public uint NegativeTtl { get; set; } = 60;

    public void Add(params string[] lines) => _records.AddRange(lines.Select(Read));

    public void Clear() => _records.Clear();

    /// <summary>Gives the answers that were held.</summary>
    public void Release()
    {
        var held = _held.ToArray();
        _held.Clear();
        foreach (var answer in held)
            answer();
    }

    public void Ask(DnsQuestion question, Action<byte[]?> answered)
    {
        Asked.Add(question.ToString());
        if (IsAway)
            return;

        var bytes = Answer(question);
        if (Holds)
            _held.Add(() => answered(bytes));
        else
            answered(bytes);
    }

    private byte[] Answer(DnsQuestion question)
    {
        if (Code != 0)
            return DnsBytes.Response(question, [], code: Code);

        var answers = new List<DnsRecord>();
        var name = question.Name;
        while (_records.Find(r => r.Owner == name && r.Type == DnsType.Cname) is { } alias)
        {
            answers.Add(alias);
            name = alias.Target;
        }

        answers.AddRange(_records.Where(r => r.Owner == name && r.Type == question.Type));
        if (answers.Exists(r => r.Type == question.Type))
            return DnsBytes.Response(question, answers);

        var soa = new DnsRecord { Owner = "example.com", Type = DnsType.Soa, Ttl = 3_600, Minimum = NegativeTtl };
        return DnsBytes.Response(question, answers, [soa], _records.Exists(r => r.Owner == name) ? 0 : 3);
    }

    private static DnsRecord Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ushort Number(int index) => ushort.Parse(words[index], CultureInfo.InvariantCulture);
        string Name(int index) => words[index] == "." ? "" : words[index];

        var record = new DnsRecord
        {
            Owner = words[0],
            Ttl = uint.Parse(words[1], CultureInfo.InvariantCulture),
            Type = Enum.Parse<DnsType>(words[2], ignoreCase: true),
        };
        return record.Type switch
        {
            DnsType.A or DnsType.Aaaa => record with { Address = NetAddress.TryParse(words[3], 0, out var address) ? address : throw new FormatException(line) },
            DnsType.Srv => record with { Priority = Number(3), Weight = Number(4), Port = Number(5), Target = Name(6) },
            DnsType.Naptr => record with { Weight = Number(3), Priority = Number(4), Flags = words[5], Service = words[6], Target = Name(7) },
            _ => record with { Target = Name(3) },
        };
    }
}
