using System.Text.Json;

namespace Tandem.Load.Tables;

/// <summary>How much a server holds with so many contacts, after a full collection: objects that live, and resident memory.</summary>
internal sealed record MemoryPoint(double Contacts, double LiveBytes, double ResidentBytes)
{
    public static MemoryPoint Of(TandemServer server)
    {
        RuntimePort.Collect(server.Pid);
        RuntimePort.Collect(server.Pid); // the first one gives finalizers their turn
        using var page = JsonDocument.Parse(server.Get("/api/statistics"));
        var root = page.RootElement;
        return new MemoryPoint(
            root.GetProperty("users").GetProperty("bindings").GetDouble(),
            root.GetProperty("server").GetProperty("memory").GetProperty("heapUsed").GetDouble(),
            server.ResidentBytes());
    }

    /// <summary>Bytes for each contact: the slope of the straight line through the points that fits them best.</summary>
    public static double Slope(IReadOnlyList<MemoryPoint> points, Func<MemoryPoint, double> bytes)
    {
        var (x, y) = (points.Average(point => point.Contacts), points.Average(bytes));
        return points.Sum(point => (point.Contacts - x) * (bytes(point) - y)) / points.Sum(point => (point.Contacts - x) * (point.Contacts - x));
    }
}
