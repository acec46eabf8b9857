namespace Tandem.Calls.Parking;

/// <summary>What became of parked calls since the start.</summary>
/// <param name="Now">Calls that are parked now.</param>
/// <param name="Parked">Calls that were parked.</param>
/// <param name="Retrieved">Those that somebody retrieved.</param>
/// <param name="Expired">Those whose time was over.</param>
/// <param name="Full">Calls that found no slot.</param>
/// <param name="PickedUp">Ringing calls that were picked up.</param>
public readonly record struct ParkingStatistics(int Now, long Parked, long Retrieved, long Expired, long Full, long PickedUp);
