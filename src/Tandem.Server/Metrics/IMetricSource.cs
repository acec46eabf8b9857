namespace Tandem.Server.Metrics;

/// <summary>Tells its numbers when <c>/metrics</c> is asked for. It reads counters that others keep and does no work of its own.</summary>
public interface IMetricSource
{
    /// <summary>Writes all families. Several sources write to one page; a family belongs to one of them.</summary>
    void Write(PrometheusWriter page);
}
