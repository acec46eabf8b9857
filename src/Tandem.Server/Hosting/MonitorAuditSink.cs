using Tandem.Calls.Events;
using Tandem.Calls.Monitoring;
using Tandem.Storage.Audit;

namespace Tandem.Server.Hosting;

/// <summary>Notes in the audit log what supervisors do with calls, from whichever side: each start, mode change, takeover and end, and who was refused.</summary>
public sealed class MonitorAuditSink(AuditLog audit) : IEventSink
{
    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is not MonitorEvent monitor)
            return;

        var action = monitor.Kind switch
        {
            MonitorEventKind.Started => "monitor.start",
            MonitorEventKind.ModeChanged => "monitor.mode",
            MonitorEventKind.Waiting => "monitor.wait",
            MonitorEventKind.TakenOver => "monitor.take-over",
            MonitorEventKind.Ended => "monitor.end",
            _ => "monitor.refused",
        };
        audit.Write(new AuditEntry(
            monitor.Tenant, "phone", monitor.Supervisor, monitor.SupervisorCall.Value, "", action, monitor.Call?.Value ?? "",
            $"agent {monitor.Agent}, {monitor.Mode.ToString().ToLowerInvariant()}{(monitor.Text.Length > 0 ? ", " + monitor.Text : "")}"));
    }
}
