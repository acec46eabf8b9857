namespace Tandem.Calls.Routing;

/// <summary>Which destinations the exchange answers itself. Whoever brings a service adds its line here.</summary>
internal static class ServiceDestinations
{
    /// <summary>The service of a destination; null when it is none.</summary>
    public static ExchangeService? Find(Destination destination) => destination switch
    {
        Destination.Echo => new ExchangeService.Echo(),
        Destination.Play play => new ExchangeService.Announcement(play.Sound),
        Destination.Ivr ivr => new ExchangeService.Ivr(ivr.Name),
        Destination.Room room => new ExchangeService.Room(room.Name),
        Destination.Queue queue => new ExchangeService.Queue(queue.Name, queue.Priority),
        Destination.Voicemail voicemail => new ExchangeService.Voicemail(voicemail.Digits),
        Destination.Api api => new ExchangeService.Api(api.Name),
        Destination.Park park => new ExchangeService.Park(park.Slot),
        _ => null,
    };
}
