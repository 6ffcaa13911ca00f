//! Every route SMD has, in its own order (a 405 names methods in this order), and which of them want no token.
use super::{
    component, component_endpoint, discovery, group, hardware, hardware_query, history, interface,
    lock, map, membership, partition, patch, redfish, reservation,
    route::{Access, Route},
    service, subscription,
};
use axum::http::Method;

macro_rules! routes {
    ($access:expr; $($method:ident $pattern:literal => Run($what:expr);)*) => {
        vec![$(Route {
            method: Method::$method,
            pattern: $pattern,
            access: $access,
            handler: $what,
        },)*]
    };
}

pub(super) fn table() -> Vec<Route> {
    let mut all = open();
    all.extend(state());
    all.extend(inventory());
    all.extend(hardware());
    all.extend(endpoints());
    all.extend(sets());
    all.extend(locks());
    all
}

/// Those that want no token, all of them: SMD of itself, and two lists.
fn open() -> Vec<Route> {
    routes! { Access::Open;
        GET "/service/ready" => Run(service::ready);
        GET "/service/liveness" => Run(service::alive);
        GET "/service/values" => Run(service::all_values);
        GET "/service/values/arch" => Run(service::arch);
        GET "/service/values/class" => Run(service::class);
        GET "/service/values/flag" => Run(service::flag);
        GET "/service/values/nettype" => Run(service::net_type);
        GET "/service/values/role" => Run(service::role);
        GET "/service/values/subrole" => Run(service::sub_role);
        GET "/service/values/state" => Run(service::state);
        GET "/service/values/type" => Run(service::kind);
        GET "/State/Components" => Run(component::get_all);
        GET "/Inventory/EthernetInterfaces" => Run(interface::get_all);
    }
}

fn state() -> Vec<Route> {
    routes! { Access::Closed;
        GET "/State/Components/{xname}" => Run(component::get);
        PUT "/State/Components/{xname}" => Run(component::put);
        DELETE "/State/Components/{xname}" => Run(component::delete);
        POST "/State/Components" => Run(component::post);
        DELETE "/State/Components" => Run(component::delete_all);
        PATCH "/State/Components/BulkStateData" => Run(patch::bulk_state);
        PATCH "/State/Components/{xname}/StateData" => Run(patch::state);
        PATCH "/State/Components/BulkFlagOnly" => Run(patch::bulk_flag);
        PATCH "/State/Components/{xname}/FlagOnly" => Run(patch::flag);
        PATCH "/State/Components/BulkEnabled" => Run(patch::bulk_enabled);
        PATCH "/State/Components/{xname}/Enabled" => Run(patch::enabled);
        PATCH "/State/Components/BulkSoftwareStatus" => Run(patch::bulk_software_status);
        PATCH "/State/Components/{xname}/SoftwareStatus" => Run(patch::software_status);
        PATCH "/State/Components/BulkRole" => Run(patch::bulk_role);
        PATCH "/State/Components/{xname}/Role" => Run(patch::role);
        PATCH "/State/Components/BulkNID" => Run(patch::bulk_nid);
        PATCH "/State/Components/{xname}/NID" => Run(patch::nid);
        GET "/State/Components/ByNID/{nid}" => Run(component::by_nid);
        POST "/State/Components/ByNID/Query" => Run(component::by_nid_query);
        POST "/State/Components/Query" => Run(component::query_post);
        GET "/State/Components/Query/{xname}" => Run(component::query_get);
    }
}

fn inventory() -> Vec<Route> {
    routes! { Access::Closed;
        GET "/Inventory/ComponentEndpoints/{xname}" => Run(component_endpoint::get);
        DELETE "/Inventory/ComponentEndpoints/{xname}" => Run(component_endpoint::delete);
        GET "/Inventory/ComponentEndpoints" => Run(component_endpoint::get_all);
        DELETE "/Inventory/ComponentEndpoints" => Run(component_endpoint::delete_all);
        GET "/Inventory/ServiceEndpoints/{service}/RedfishEndpoints/{xname}" => Run(discovery::get_one);
        DELETE "/Inventory/ServiceEndpoints/{service}/RedfishEndpoints/{xname}" => Run(discovery::delete_one);
        GET "/Inventory/ServiceEndpoints/{service}" => Run(discovery::get_service);
        GET "/Inventory/ServiceEndpoints" => Run(discovery::get_services);
        DELETE "/Inventory/ServiceEndpoints" => Run(discovery::delete_services);
        POST "/Inventory/EthernetInterfaces" => Run(interface::post);
        DELETE "/Inventory/EthernetInterfaces" => Run(interface::delete_all);
        GET "/Inventory/EthernetInterfaces/{id}" => Run(interface::get);
        DELETE "/Inventory/EthernetInterfaces/{id}" => Run(interface::delete);
        PATCH "/Inventory/EthernetInterfaces/{id}" => Run(interface::patch);
        GET "/Inventory/EthernetInterfaces/{id}/IPAddresses" => Run(interface::addresses);
        POST "/Inventory/EthernetInterfaces/{id}/IPAddresses" => Run(interface::add_address);
        PATCH "/Inventory/EthernetInterfaces/{id}/IPAddresses/{ipaddr}" => Run(interface::patch_address);
        DELETE "/Inventory/EthernetInterfaces/{id}/IPAddresses/{ipaddr}" => Run(interface::delete_address);
        GET "/Defaults/NodeMaps/{xname}" => Run(map::get_node);
        GET "/Defaults/NodeMaps" => Run(map::get_nodes);
        DELETE "/Defaults/NodeMaps/{xname}" => Run(map::delete_node);
        PUT "/Defaults/NodeMaps/{xname}" => Run(map::put_node);
        POST "/Defaults/NodeMaps" => Run(map::post_nodes);
        DELETE "/Defaults/NodeMaps" => Run(map::delete_nodes);
    }
}

fn hardware() -> Vec<Route> {
    routes! { Access::Closed;
        GET "/Inventory/Hardware/History/{xname}" => Run(history::of_place);
        GET "/Inventory/Hardware/History" => Run(history::by_place);
        GET "/Inventory/HardwareByFRU/History/{fruid}" => Run(history::of_unit);
        GET "/Inventory/HardwareByFRU/History" => Run(history::by_unit);
        DELETE "/Inventory/Hardware/History/{xname}" => Run(history::delete_of_place);
        DELETE "/Inventory/Hardware/History" => Run(history::delete_all);
        DELETE "/Inventory/HardwareByFRU/History/{fruid}" => Run(history::delete_of_unit);
        GET "/Inventory/Hardware/Query/{xname}" => Run(hardware_query::get);
        GET "/Inventory/HardwareByFRU/{fruid}" => Run(hardware::get_unit);
        GET "/Inventory/HardwareByFRU" => Run(hardware::get_units);
        GET "/Inventory/Hardware/{xname}" => Run(hardware::get);
        POST "/Inventory/Hardware" => Run(hardware::post);
        GET "/Inventory/Hardware" => Run(hardware::get_all);
        DELETE "/Inventory/HardwareByFRU/{fruid}" => Run(hardware::delete_unit);
        DELETE "/Inventory/HardwareByFRU" => Run(hardware::delete_units);
        DELETE "/Inventory/Hardware/{xname}" => Run(hardware::delete);
        DELETE "/Inventory/Hardware" => Run(hardware::delete_all);
    }
}

fn endpoints() -> Vec<Route> {
    routes! { Access::Closed;
        GET "/Inventory/RedfishEndpoints/{xname}" => Run(redfish::get);
        GET "/Inventory/RedfishEndpoints" => Run(redfish::get_all);
        DELETE "/Inventory/RedfishEndpoints/{xname}" => Run(redfish::delete);
        PUT "/Inventory/RedfishEndpoints/{xname}" => Run(redfish::put);
        PATCH "/Inventory/RedfishEndpoints/{xname}" => Run(redfish::patch);
        POST "/Inventory/RedfishEndpoints" => Run(redfish::post);
        DELETE "/Inventory/RedfishEndpoints" => Run(redfish::delete_all);
        GET "/Inventory/RedfishEndpoints/Query/{xname}" => Run(redfish::query);
        POST "/Inventory/Discover" => Run(discovery::discover);
        GET "/Inventory/DiscoveryStatus" => Run(discovery::statuses);
        GET "/Inventory/DiscoveryStatus/{id}" => Run(discovery::status);
        GET "/Subscriptions/SCN" => Run(subscription::get_all);
        POST "/Subscriptions/SCN" => Run(subscription::post);
        DELETE "/Subscriptions/SCN" => Run(subscription::delete_all);
        GET "/Subscriptions/SCN/{id}" => Run(subscription::get);
        PUT "/Subscriptions/SCN/{id}" => Run(subscription::put);
        PATCH "/Subscriptions/SCN/{id}" => Run(subscription::patch);
        DELETE "/Subscriptions/SCN/{id}" => Run(subscription::delete);
    }
}

/// Groups, partitions, memberships.
fn sets() -> Vec<Route> {
    routes! { Access::Closed;
        GET "/groups" => Run(group::get_all);
        POST "/groups" => Run(group::post);
        GET "/groups/labels" => Run(group::labels);
        GET "/groups/{group_label}" => Run(group::get);
        DELETE "/groups/{group_label}" => Run(group::delete);
        PATCH "/groups/{group_label}" => Run(group::patch);
        GET "/groups/{group_label}/members" => Run(group::members);
        POST "/groups/{group_label}/members" => Run(group::add_member);
        PUT "/groups/{group_label}/members" => Run(group::put_members);
        DELETE "/groups/{group_label}/members/{xname_id}" => Run(group::delete_member);
        GET "/partitions" => Run(partition::get_all);
        POST "/partitions" => Run(partition::post);
        GET "/partitions/names" => Run(partition::names);
        GET "/partitions/{partition_name}" => Run(partition::get);
        DELETE "/partitions/{partition_name}" => Run(partition::delete);
        PATCH "/partitions/{partition_name}" => Run(partition::patch);
        GET "/partitions/{partition_name}/members" => Run(partition::members);
        POST "/partitions/{partition_name}/members" => Run(partition::add_member);
        DELETE "/partitions/{partition_name}/members/{xname_id}" => Run(partition::delete_member);
        GET "/memberships" => Run(membership::get_all);
        GET "/memberships/{xname}" => Run(membership::get);
    }
}

fn locks() -> Vec<Route> {
    routes! { Access::Closed;
        POST "/locks/reservations/remove" => Run(reservation::remove);
        POST "/locks/reservations/release" => Run(reservation::release);
        POST "/locks/reservations" => Run(reservation::create);
        POST "/locks/service/reservations/renew" => Run(reservation::renew);
        POST "/locks/service/reservations/release" => Run(reservation::release);
        POST "/locks/service/reservations" => Run(reservation::create_service);
        POST "/locks/service/reservations/check" => Run(reservation::check);
        POST "/locks/status" => Run(lock::status);
        GET "/locks/status" => Run(lock::status_get);
        POST "/locks/lock" => Run(lock::lock);
        POST "/locks/unlock" => Run(lock::unlock);
        POST "/locks/repair" => Run(lock::repair);
        POST "/locks/disable" => Run(lock::disable);
        GET "/sysinfo/powermaps/{xname}" => Run(map::get_power);
        GET "/sysinfo/powermaps" => Run(map::get_powers);
        DELETE "/sysinfo/powermaps/{xname}" => Run(map::delete_power);
        PUT "/sysinfo/powermaps/{xname}" => Run(map::put_power);
        POST "/sysinfo/powermaps" => Run(map::post_powers);
        DELETE "/sysinfo/powermaps" => Run(map::delete_powers);
    }
}
