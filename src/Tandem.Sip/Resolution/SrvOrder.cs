namespace Tandem.Sip.Resolution;

/// <summary>The order in which servers of a service are tried (RFC 2782, "Usage rules").</summary>
internal static class SrvOrder
{
    /// <summary>
    /// Orders the records: lower priorities first, and within one priority by drawing lots with the weights as shares. A record of
    /// weight 0 is drawn first only with a very small chance.
    /// </summary>
    public static List<DnsRecord> Of(IReadOnlyList<DnsRecord> records, Random random)
    {
        var left = new List<DnsRecord>(records);

        // Those of weight 0 to the front, otherwise in the order of the answer: the sort must not depend on anything else.
        left = [.. left.OrderBy(r => r.Priority).ThenBy(r => r.Weight == 0 ? 0 : 1)];
        var ordered = new List<DnsRecord>(left.Count);
        while (left.Count > 0)
        {
            var end = 1;
            long sum = left[0].Weight;
            while (end < left.Count && left[end].Priority == left[0].Priority)
                sum += left[end++].Weight;

            var lot = random.NextInt64(sum + 1);
            var at = 0;
            for (long running = left[0].Weight; running < lot; running += left[at].Weight)
                at++;

            ordered.Add(left[at]);
            left.RemoveAt(at);
        }

        return ordered;
    }
}
