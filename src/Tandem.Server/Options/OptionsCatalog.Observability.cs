using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Observability = "Observability";

    private static void AddObservability(List<Setting> list)
    {
        list.Add(Observability, "CALL_TRACE", o => o.Traces.IsOn, SwitchKind.Instance,
            "Whether the SIP messages, decisions and media reports of each call are kept in memory for `GET /api/v1/calls/{id}/trace`. Secrets in them are hidden.", main: true);
        list.Add(Observability, "CALL_TRACE_KEEP", o => o.Traces.Keep, Seconds(0, 86_400), "How long the trace of an ended call is kept.");
        list.Add(Observability, "CALL_TRACE_MAX_CALLS", o => o.Traces.MaxCalls, Count(1, 1_000_000, "calls"), "Traces kept; the oldest of an ended call goes first.");
        list.Add(Observability, "CALL_TRACE_MAX_CALL", o => o.Traces.BytesPerCall, new SizeKind(4 << 10, 16 << 20), "Bytes kept of one call; a plain call has about 10 KB. What comes beyond is counted and not kept.");
        list.Add(Observability, "CALL_TRACE_MEMORY", o => o.Traces.TotalBytes, new SizeKind(1 << 20, 16L << 30), "Bytes kept of all calls; the oldest of an ended call goes first.");
        list.Add(Observability, "CALL_TRACE_MEDIA_INTERVAL", o => o.Traces.MediaInterval, Seconds(1, 3_600), "Between two media reports of a call that has just been answered; they grow rarer as it grows older.");
        list.Add(Observability, "CALL_TRACE_HIDE_DIGITS", o => o.Traces.HideDigits, SwitchKind.Instance, "Whether digits that phones send by INFO are hidden in traces: they are card numbers and codes.");
    }
}
