namespace Tandem.Storage.Gateway;

/// <summary>A record that a program keeps of a call, in document 3's fields.</summary>
public sealed record GatewayCall
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }

    /// <summary>A UUID; null when the program has none.</summary>
    public string? ClientId { get; init; }

    public required string PhoneNumber { get; init; }

    /// <summary><c>incoming</c> or <c>outgoing</c>.</summary>
    public required string Direction { get; init; }

    /// <summary><c>initiated</c>, <c>ringing</c>, <c>answered</c>, <c>completed</c>, <c>failed</c>, <c>busy</c> or <c>no_answer</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Seconds.</summary>
    public long Duration { get; init; }

    public string? RecordingUrl { get; init; }

    public string? Transcript { get; init; }

    public string? Summary { get; init; }

    /// <summary><c>positive</c>, <c>neutral</c> or <c>negative</c>.</summary>
    public string? Sentiment { get; init; }

    /// <summary>0 to 1.</summary>
    public double? ConfidenceScore { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>True until the call has ended.</summary>
    public bool IsActive => Status is "initiated" or "ringing" or "answered";
}
