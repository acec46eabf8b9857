using System.Diagnostics;
using System.Globalization;
using Tandem.Server.Hosting;

namespace Tandem.Server.Metrics;

/// <summary>The process: document 3's memory and processor gauges, the usual <c>process_*</c> families, and the garbage collector.</summary>
public sealed class ProcessMetrics(TimeProvider time) : IMetricSource
{
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _since;
    private TimeSpan _used;
    private double _percent;

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        using var process = Process.GetCurrentProcess();
        var gc = GC.GetGCMemoryInfo();
        page.Gauge("memory_usage_bytes", "Memory of the process that is in use (resident).", process.WorkingSet64);
        page.Gauge("cpu_usage_percent", "Processor time since the page was asked for last, percent of one processor.", Percent(process.TotalProcessorTime));
        page.Counter("process_cpu_user_seconds_total", "Processor time in user mode.", process.UserProcessorTime.TotalSeconds);
        page.Counter("process_cpu_system_seconds_total", "Processor time in the kernel.", process.PrivilegedProcessorTime.TotalSeconds);
        page.Counter("process_cpu_seconds_total", "Processor time.", process.TotalProcessorTime.TotalSeconds);
        page.Gauge("process_start_time_seconds", "When the process started, seconds since 1970.", new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        page.Gauge("process_resident_memory_bytes", "Resident memory.", process.WorkingSet64);
        page.Gauge("process_virtual_memory_bytes", "Virtual memory.", process.VirtualMemorySize64);
        page.Gauge("process_heap_bytes", "Memory that the runtime has committed for its heap.", gc.TotalCommittedBytes);
        if (Descriptors() is { } descriptors)
            page.Gauge("process_open_fds", "Open file descriptors.", descriptors);

        page.Gauge("tandem_process_threads", "Threads.", process.Threads.Count);
        page.Family("tandem_gc_collections_total", "counter", "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            page.Sample(GC.CollectionCount(generation), ("generation", generation.ToString(CultureInfo.InvariantCulture)));

        var pauses = GcPauses.Current.Read();
        page.Counter("tandem_gc_pauses_total", "Times that the garbage collector stopped the process.", pauses.Count);
        page.Counter("tandem_gc_pause_seconds_total", "How long it was stopped in all.", pauses.Total / 1000);
        page.Counter("tandem_gc_pauses_long_total", "Times that it stopped the process for 5 ms or more.", pauses.Long);
        page.Gauge("tandem_gc_pause_longest_seconds", "The longest stop since the start.", pauses.Longest / 1000);
        page.Family("tandem_gc_pause_seconds", "gauge", "Stops of the garbage collector by quantile, since the start.")
            .Sample(pauses.P50 / 1000, ("quantile", "0.5")).Sample(pauses.P99 / 1000, ("quantile", "0.99")).Sample(pauses.P999 / 1000, ("quantile", "0.999"));
        page.Counter("tandem_allocated_bytes_total", "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes());
        page.Gauge("tandem_thread_pool_queue", "Work that waits for a thread of the pool.", ThreadPool.PendingWorkItemCount);
    }

    // Linux only; elsewhere the family is left out.
    private static int? Descriptors() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : null;

    private double Percent(TimeSpan used)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var window = time.GetElapsedTime(_since, now);
            if (_since == 0)
                (_since, _used) = (now, used);
            else if (window >= ShortestWindow)
                (_since, _used, _percent) = (now, used, 100 * (used - _used) / window);

            return Math.Round(_percent, 2);
        }
    }
}
