using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>A stage whose exchange calls SIP addresses outside, keeps recordings for seconds only, tells keys, and is impatient with slow clients and providers.</summary>
public sealed class OpenStage : Stage
{
    /// <summary>A client of the stream that is further behind is dropped.</summary>
    public const int MaxLag = 100;

    protected override void Configure(Dictionary<string, string> settings)
    {
        settings["EXTERNAL_CALLS"] = "true";
        settings["EXTERNAL_ALLOW_PRIVATE"] = "0.0.0.0/0"; // the machine that the phones run on has a private address
        settings["RECORDING_RETENTION"] = "3";
        settings["RECORDING_RETENTION_CHECK"] = "1";
        settings["EVENTS_DTMF"] = "true";
        settings["EVENTS_MAX_LAG"] = $"{MaxLag}";
        settings["PROFILE_FAILOVER_TIMEOUT"] = "1000";
    }
}

/// <summary>All stories of the open stage share one server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OpenStageStories : ICollectionFixture<OpenStage>
{
    public const string Name = "open stage";
}
