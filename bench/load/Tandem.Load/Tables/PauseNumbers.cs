using System.Globalization;
using System.Text.Json;

namespace Tandem.Load.Tables;

/// <summary>The pauses that the server counted, in milliseconds.</summary>
internal sealed record PauseNumbers(long Count, double P50, double P99, double P999, double Longest)
{
    /// <summary>Reads them from <c>/api/statistics</c>.</summary>
    public static PauseNumbers Read(string statistics)
    {
        using var document = JsonDocument.Parse(statistics);
        var pauses = document.RootElement.GetProperty("server").GetProperty("gcPauses");
        double Of(string name) => pauses.GetProperty(name).GetDouble();
        return new PauseNumbers(pauses.GetProperty("count").GetInt64(), Of("p50"), Of("p99"), Of("p999"), Of("longest"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{P50:0.0} / {P99:0.0} / {P999:0.0} / {Longest:0.0} ms, {Count}");
}
