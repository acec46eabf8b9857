using System.Text;
using Tandem.Core.Net;

namespace Tandem.Sip.Resolution;

/// <summary>The names that the machine itself knows: <c>localhost</c> (RFC 6761 §6.3) and what <c>/etc/hosts</c> says. Immutable.</summary>
public sealed class HostsTable
{
    // A list that blocks advertisers has more, and none of them is called.
    private const int MaxNames = 100_000;
    private static readonly NetAddress LoopbackV4 = NetAddress.FromV4(0x7F000001, 0);
    private static readonly NetAddress LoopbackV6 = NetAddress.FromV6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0);

    /// <summary>Only localhost.</summary>
    public static readonly HostsTable Empty = new([]);

    private readonly Dictionary<string, List<NetAddress>> _names;

    private HostsTable(Dictionary<string, List<NetAddress>> names)
    {
        _names = names;
        _names["localhost"] = [LoopbackV6, LoopbackV4];
    }

    /// <summary>Names in the table.</summary>
    public int Count => _names.Count;

    /// <summary>Reads the text of a hosts file: an address and its names in each line. What cannot be read is left out.</summary>
    public static HostsTable Parse(string text)
    {
        var names = new Dictionary<string, List<NetAddress>>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !NetAddress.TryParse(words[0], 0, out var address))
                continue;

            foreach (var word in words.AsSpan(1))
            {
                if (names.Count >= MaxNames || !DnsName.TryParse(Encoding.UTF8.GetBytes(word), out var name))
                    continue;

                if (!names.TryGetValue(name, out var addresses))
                    names.Add(name, addresses = []);
                if (!addresses.Contains(address))
                    addresses.Add(address);
            }
        }

        return new HostsTable(names);
    }

    /// <summary>The answer for an address of a name in the table; null when it says nothing about it.</summary>
    public DnsAnswer? Find(in DnsQuestion question)
    {
        if (question.Type is not (DnsType.A or DnsType.Aaaa))
            return null;

        var name = question.Name.EndsWith(".localhost", StringComparison.Ordinal) ? "localhost" : question.Name;
        if (!_names.TryGetValue(name, out var addresses))
            return null;

        var records = new List<DnsRecord>();
        foreach (var address in addresses)
        {
            if (address.IsV6 == (question.Type == DnsType.Aaaa))
                records.Add(new DnsRecord { Owner = question.Name, Type = question.Type, Address = address });
        }

        return new DnsAnswer(records.Count > 0 ? DnsAnswerStatus.Found : DnsAnswerStatus.NoData, records, null);
    }
}
