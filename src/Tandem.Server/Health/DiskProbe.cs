using Tandem.Server.Options;

namespace Tandem.Server.Health;

/// <summary>The disk of DATA_DIR: it must take a file, and have room.</summary>
public sealed class DiskProbe(TandemOptions options) : IHealthProbe
{
    // A minute of calls with recordings at 100 of them.
    private const long LeastBytes = 100L << 20;

    public string Name => "disk";

    public async ValueTask<HealthCheck> CheckAsync(CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(options.Server.DataDirectory);
        var path = Path.Combine(folder, $".health-{Environment.ProcessId}");
        try
        {
            await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                await file.WriteAsync("ok"u8.ToArray(), cancellation);

            var free = new DriveInfo(folder).AvailableFreeSpace;
            return free >= LeastBytes
                ? new HealthCheck("ok", $"{free >> 20} MiB are free")
                : new HealthCheck("error", $"only {free >> 20} MiB are free where DATA_DIR is");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new HealthCheck("error", "DATA_DIR takes no files");
        }
    }
}
