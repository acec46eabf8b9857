using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Services;

/// <summary>Makes the work of a service.</summary>
internal static class ServiceWorks
{
    public static IServiceWork Make(LiveCall call, ExchangeService service) => service switch
    {
        ExchangeService.Echo => new EchoWork(call),
        ExchangeService.Room room => new RoomWork(call, room.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(service)),
    };
}
