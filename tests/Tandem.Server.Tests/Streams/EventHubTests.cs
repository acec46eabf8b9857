namespace Tandem.Server.Streams;

public sealed class EventHubTests
{
    // EVENTS_RETENTION may be as short as the upkeep is apart: a stream with clients must not end between two of them.
    [Theory]
    [InlineData(60, 15)]
    [InlineData(240, 60)]
    [InlineData(86_400, 60)]
    public void Streams_are_prolonged_well_before_they_end(int retention, int upkeep) =>
        Assert.Equal(TimeSpan.FromSeconds(upkeep), EventHub.UpkeepOf(new EventStreamOptions { Retention = TimeSpan.FromSeconds(retention) }));
}
