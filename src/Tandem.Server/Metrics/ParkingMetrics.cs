using Tandem.Calls.Parking;

namespace Tandem.Server.Metrics;

/// <summary>Parked calls and pickups of this node as numbers, all tenants together.</summary>
public static class ParkingMetrics
{
    public static void Write(PrometheusWriter page, ParkingStatistics parking)
    {
        page.Gauge("tandem_parked_calls", "Calls that are parked.", parking.Now);
        page.Family("tandem_parked_calls_total", "counter", "Parked calls by what became of them; full: calls that found no slot.")
            .Sample(parking.Parked, ("event", "parked")).Sample(parking.Retrieved, ("event", "retrieved")).Sample(parking.Expired, ("event", "expired")).Sample(parking.Full, ("event", "full"));
        page.Counter("tandem_pickups_total", "Ringing calls that were picked up at another phone.", parking.PickedUp);
    }
}
