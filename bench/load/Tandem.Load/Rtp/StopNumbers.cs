using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Load;

/// <summary>What stood between a packet and its time, by the server's own <c>/metrics</c>: late ticks of sound and pauses of the garbage collector, milliseconds.</summary>
internal sealed partial record StopNumbers(double[] Lateness, double Ticks, double Skipped, double[] Pauses, double Count, double Total, double Long)
{
    private static readonly string[] Quantiles = ["0.5", "0.99", "0.999"];

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">The server does not answer, or has not what is looked for.</exception>
    public static StopNumbers Read(int port)
    {
        using var client = new HttpClient();
        string page;
        try
        {
            page = client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")).GetAwaiter().GetResult();
        }
        catch (HttpRequestException e)
        {
            throw new InvalidDataException($"/metrics: {e.Message}", e);
        }

        var samples = new Dictionary<string, double>();
        foreach (var line in page.Split('\n'))
        {
            var at = line.LastIndexOf(' ');
            if (at > 0 && line[0] != '#' && double.TryParse(line.AsSpan(at), CultureInfo.InvariantCulture, out var value))
                samples[ServiceLabel().Replace(line[..at], "").Replace("{}", "", StringComparison.Ordinal)] = value;
        }

        double Of(string name) => samples.TryGetValue(name, out var value) ? value : throw new InvalidDataException($"/metrics has no {name}");
        double[] By(string name) => [.. Quantiles.Select(q => 1000 * Of($"{name}{{quantile=\"{q}\"}}"))];
        return new StopNumbers(
            [.. By("tandem_media_tick_lateness_seconds"), 1000 * Of("tandem_media_tick_lateness_seconds{quantile=\"1\"}")],
            Of("tandem_media_ticks_total"),
            Of("tandem_media_ticks_skipped_total"),
            [.. By("tandem_gc_pause_seconds"), 1000 * Of("tandem_gc_pause_longest_seconds")],
            Of("tandem_gc_pauses_total"),
            1000 * Of("tandem_gc_pause_seconds_total"),
            Of("tandem_gc_pauses_long_total"));
    }

    /// <summary>Two lines; counts are those since <paramref name="before"/>, quantiles those since the server's start, for no other are told.</summary>
    public string Text(StopNumbers before)
    {
        var count = Count - before.Count;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ticks late, p50 / p99 / p99.9 / most: {Line(Lateness)} ms   {Ticks - before.Ticks:0} ticks during the run, {Skipped - before.Skipped:0} given up\n"
            + $"pauses of the collector since the start, p50 / p99 / p99.9 / most: {Line(Pauses)} ms   {count:0} during the run, {(count > 0 ? (Total - before.Total) / count : 0):0.00} ms on average, {Long - before.Long:0} of 5 ms or more");
    }

    // Each sample says which service it is of, first of all.
    [GeneratedRegex("service=\"[^\"]*\",?")]
    private static partial Regex ServiceLabel();

    private static string Line(double[] values) => string.Join(" / ", values.Select(v => v.ToString("0.00", CultureInfo.InvariantCulture)));
}
